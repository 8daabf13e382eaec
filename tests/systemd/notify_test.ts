/** What systemd is told of a service, and when. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { startFakeSystemd } from "./fake_systemd.ts";

async function untilReloaded(weir: Program, word: string): Promise<void> {
  weir.signal("SIGHUP");
  await weir.printed(new RegExp(`"message":"${word}"`));
}

for (const WORKERS of ["1", "2"]) {
  Deno.test(`systemd is told of start, reload and stop in their order, with ${WORKERS} thread(s)`, async () => {
    await using systemd = await startFakeSystemd();
    await Deno.writeTextFile(`${systemd.path}/weir.jsonc`, "{}");
    await using weir = await startProgram({
      cwd: systemd.path,
      env: { ...systemd.env, WORKERS, DRAIN_TIMEOUT_MS: "1000", READINESS_DELAY_MS: "500" },
      flags: systemd.flags,
    });
    await systemd.notified("READY=1");
    const { status, body } = await fetch(`${weir.url}/healthz`);
    await body?.cancel();
    assertEquals(status, 200);
    assertEquals(await Array.fromAsync(Deno.readDir(`${systemd.path}/runtime`)), []);
    await untilReloaded(weir, "reloaded");
    await systemd.notified("READY=1", 2);
    await Deno.writeTextFile(`${systemd.path}/weir.jsonc`, "{");
    await untilReloaded(weir, "reload refused");
    await systemd.notified("READY=1", 3);
    assertEquals((await weir.stop()).code, 0);
    const { port } = new URL(weir.url);
    assertEquals(await systemd.notified("STOPPING=1"), [
      ["READY=1", `STATUS=Listening on 127.0.0.1:${port}`],
      ["RELOADING=1", "STATUS=Reloading"],
      ["READY=1", "STATUS=Reloaded"],
      ["RELOADING=1", "STATUS=Reloading"],
      ["READY=1", "STATUS=Reload refused, see the log; serving as before"],
      // The readiness delay, the drain, and a little more.
      ["STOPPING=1", "STATUS=Waiting for running answers", "EXTEND_TIMEOUT_USEC=7500000"],
    ]);
  });
}

Deno.test("signs of life come from the event loop, and not while it is blocked", async () => {
  await using systemd = await startFakeSystemd();
  await using weir = await startProgram({
    entry: "tests/systemd/blocking_main.ts",
    env: { ...systemd.env, WATCHDOG_USEC: "100000" },
    flags: systemd.flags,
  });
  await systemd.notified("WATCHDOG=1", 3);
  await (await fetch(`${weir.url}/block`)).text();
  const before = await systemd.notified("BLOCK=0");
  const begun = before.findIndex(([word]) => word === "BLOCK=1");
  assertEquals(before[begun + 1], ["BLOCK=0"], "nothing came while it was blocked");
  const beats = before.filter(([word]) => word === "WATCHDOG=1").length;
  await systemd.notified("WATCHDOG=1", beats + 2);
});

Deno.test("a process that systemd does not watch sends no signs of life", async () => {
  await using systemd = await startFakeSystemd();
  await using weir = await startProgram({
    env: { ...systemd.env, WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" },
    flags: systemd.flags,
  });
  await weir.stop();
  const words = (await systemd.notified("STOPPING=1")).map(([word]) => word);
  assertEquals(words, ["READY=1", "STOPPING=1"]);
});

Deno.test("where systemd cannot be told, the log says what to do and the gateway serves", async () => {
  await using systemd = await startFakeSystemd();
  const env = { ...systemd.env, NOTIFY_SOCKET: `${systemd.path}/nobody` };
  await using weir = await startProgram({ env, flags: systemd.flags });
  await weir.printed(/"message":"systemd not notified".*`weir systemd`/);
  const response = await fetch(`${weir.url}/healthz`);
  assertStringIncludes(await response.text(), '"ok":true');
  await weir.stop();
  await assertRejects(() => fetch(weir.url));
  assertEquals(systemd.received, []);
});
