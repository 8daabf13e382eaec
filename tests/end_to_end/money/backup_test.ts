/** A copy of the ledger, made while a gateway runs on it, and gone on with in its place. */

import { assertEquals, assertMatch } from "@std/assert";
import { ADMIN_ENV, adminOf } from "../../support/admin.ts";
import { runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

Deno.test("weir backup copies the ledger of a running gateway, keys and all", async () => {
  await using directory = await workingDirectory({});
  const { path } = directory;
  await Deno.mkdir(`${path}/copied`);
  const env = { ...ADMIN_ENV, STATE: `${path}/state` };
  const file = `${path}/copied/ledger.sqlite`;
  {
    await using weir = await startProgram({ env });
    assertEquals(
      (await adminOf(weir)("/keys", { body: { name: "kept", team: "web" } })).status,
      201,
    );
    const copied = await runProgram({ args: ["backup", file], env });
    assertEquals(copied.code, 0, copied.output);
    assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    const again = await runProgram({ args: ["backup", file], env });
    assertEquals(again.code, 1);
    assertMatch(again.output, /ledger\.sqlite/);
  }
  await using restored = await startProgram({ env: { ...ADMIN_ENV, STATE: `${path}/copied` } });
  const { json } = await adminOf(restored)("/keys");
  assertEquals([json.data[0].name, json.data[0].team], ["kept", "web"]);
  const nothing = await runProgram({ args: ["backup", `${path}/other.sqlite`] });
  assertEquals(nothing.code, 1);
  assertMatch(nothing.output, /STATE is not set/);
});
