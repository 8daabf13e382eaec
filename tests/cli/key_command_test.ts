/** What `weir key` refuses before it asks anybody. */

import { assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../src/cli/command_line/command.ts";
import { key } from "../../src/cli/key/key_command.ts";

const WRONG: readonly (readonly [
  args: readonly string[],
  options: Readonly<Record<string, string | true>>,
  message: string,
])[] = [
  [["pause"], {}, "write: weir key pause NAME"],
  [["new", "ci"], { team: "web" }, "does nothing with --team; add --server"],
  [["list"], { models: "a" }, "does nothing with --models"],
  [["pause", "ci"], { grace: "5" }, "does nothing with --grace"],
];

for (const [args, options, message] of WRONG) {
  Deno.test(`weir key ${args.join(" ")} ${Object.keys(options).join(" ")} says what to write`, () => {
    assertThrows(() => void key.run({ args, options }), UsageError, message);
  });
}

Deno.test("weir key refuses values that cannot be read", async () => {
  const made = () =>
    Promise.resolve(key.run({ args: ["new", "ci"], options: { server: true, budget: "ten" } }));
  await assertRejects(made, UsageError, "--budget: must be dollars and a period");
  const rotated = () =>
    Promise.resolve(key.run({ args: ["rotate", "ci"], options: { grace: "soon" } }));
  await assertRejects(rotated, UsageError, "--grace: must be a number of seconds");
});
