/** What is tried again, and when. The table is printed, so that it can be read as a whole. */

// deno-lint-ignore-file no-console -- The table is the documentation of the decisions.

import { assertEquals } from "@std/assert";
import { playCall } from "./play_call.ts";
import { ROWS } from "./retry_cases.ts";

Deno.test("what is tried again, and when", async () => {
  const lines: string[] = [];
  for (const { title, answers, stream, idempotent, ...expected } of ROWS) {
    const targets = [{ name: "a", answers }];
    const { waits, tries, reply } = await playCall({ targets, stream, idempotent });
    assertEquals({ waits, reply }, { waits: expected.waits, reply: expected.reply }, title);
    assertEquals(tries.split(" ").length, expected.waits.length + 1, title);
    lines.push(`${title.padEnd(48)} ${waits.join(" ").padEnd(30)} ${reply}`);
  }
  console.log(`${"answers".padEnd(48)} ${"waits in ms".padEnd(30)} reply, x-should-retry`);
  console.log(lines.join("\n"));
});
