/** What the program gives up of its permissions, and what it never had. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { configSchema } from "../../../src/config/schema.ts";
import { neededToServe } from "../../../src/host/system/permissions.ts";
import { binaryPath, runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

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
    const recording = { ...without, write: "granted" };
    assertEquals(await permissions({ RECORD: "a.cassette" }, directory.path), recording);
  },
});

Deno.test("what serves may write where something lasts, is recorded, or goes over a socket", () => {
  const needed = (settings: Record<string, unknown>, environment = {}) =>
    neededToServe(configSchema.parse(settings), environment);
  assertEquals(needed({}), []);
  assertEquals(needed({ state: { folder: "postgres://db/weir" } }), []);
  const local = { baseUrl: "http://localhost", unixSocket: "/run/model.sock" };
  for (
    const settings of [
      { state: { folder: "kept" } },
      { cassettes: { record: "a.cassette" } },
      { server: { unixSocket: "/run/weir/weir.sock" } },
      { upstreams: { compatible: { local } } },
    ]
  ) assertEquals(needed(settings), ["write"]);
  assertEquals(needed({}, { NOTIFY_SOCKET: "/run/systemd/notify" }), ["write"]);
});

Deno.test("a file that Weir never has to read is refused by the runtime", async () => {
  const { code, output } = await runProgram({ args: ["check", "/etc/shadow"] });
  assertEquals(code, 1);
  assertStringIncludes(output, "/etc/shadow: cannot be read: the program gives itself no right");
});
