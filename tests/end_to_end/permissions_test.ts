/** What the program gives up of its permissions, and what it never had. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { binaryPath, runProgram, startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

const ENTRY = "tests/support/permissions_main.ts";

async function permissions(env: Record<string, string>, cwd: string) {
  await using weir = await startProgram({ entry: ENTRY, env, cwd });
  return await (await fetch(`${weir.url}/permissions`)).json();
}

Deno.test({
  name: "who serves starts no programs, and writes only where something is to last",
  // The compiled program has no other entry point; its flags are the same (tests/tasks_test.ts).
  ignore: binaryPath !== undefined,
  fn: async () => {
    await using directory = await workingDirectory({});
    // What is revoked is asked for again, and with --no-prompt nobody can grant it.
    const without = { run: "prompt", write: "prompt", shadow: "denied", read: "granted" };
    assertEquals(await permissions({}, directory.path), without);
    const withState = { ...without, write: "granted" };
    assertEquals(await permissions({ STATE: "kept" }, directory.path), withState);
    assertEquals(await permissions({ RECORD: "a.cassette" }, directory.path), withState);
  },
});

Deno.test("a file that Weir never has to read is refused by the runtime", async () => {
  const { code, output } = await runProgram({ args: ["check", "/etc/shadow"] });
  assertEquals(code, 1);
  assertStringIncludes(output, "/etc/shadow: cannot be read: the program gives itself no right");
});
