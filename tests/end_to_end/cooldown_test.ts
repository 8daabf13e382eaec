/** Targets that keep failing, or have asked to wait, are left out for a while. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { ask, twoTargets, withoutTags } from "../support/two_targets.ts";
import { workingDirectory } from "../support/working_directory.ts";

const cooling = async (weir: Program) =>
  (await (await fetch(`${weir.url}/health`)).json()).cooling as readonly {
    readonly target: string;
    readonly reason: string;
    readonly code: string;
    readonly retry_after_seconds: number;
  }[];

Deno.test("a target that asked to wait is left out until then, and comes back", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  await using weir = await startProgram({ env: twoTargets(first, second) });
  assertEquals(await cooling(weir), []);
  const limited = await ask(weir, "both", "[429] [retry-after=3600]");
  assertEquals([limited.upstream, limited.attempts], ["second", "2"]);
  const [target] = await cooling(weir);
  assertEquals([target?.target, target?.reason, target?.code], [
    "first/model",
    "rate_limited",
    "rate_limit_exceeded",
  ]);
  assert((target?.retry_after_seconds ?? 0) > 3_000);
  const next = await ask(weir, "both", "hello");
  assertEquals([next.upstream, next.attempts], ["second", "1"], "it is not asked");
  assertEquals((await ask(weir, "failing", "hello")).status, 200, "alone it is asked all the same");
});

Deno.test("a target whose time is over gets one call, and then all of them", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  await using weir = await startProgram({ env: twoTargets(first, second) });
  await ask(weir, "both", "[429] [retry-after=1]");
  while ((await cooling(weir)).length > 0);
  for (let call = 0; call < 2; call++) {
    const answer = await ask(weir, "both", "hello");
    assertEquals([answer.upstream, answer.attempts], ["first", "1"]);
  }
});

Deno.test("when all targets are left out, the answer says why and until when (T42)", async () => {
  await using first = startProvider();
  await using second = startProvider();
  const env = { COOLDOWN_MIN_CALLS: "1", COOLDOWN_DURATION_MS: "600000" };
  await using weir = await startProgram({ env: twoTargets(first, second, env) });
  const failed = await ask(weir, "both", "[500]");
  assertEquals([failed.status, failed.attempts], [500, "2"]);
  for (const stream of [false, true]) {
    const answer = await ask(weir, "both", "hello", stream);
    assertEquals([answer.status, answer.attempts], [503, "0"]);
    const { error } = JSON.parse(answer.text);
    assertEquals(error.code, "targets_cooling_down");
    assertMatch(error.message, /first\/model keeps failing \(.*second\/model keeps failing/);
    const seconds = Number(answer.headers.get("retry-after"));
    assert(seconds > 500 && seconds <= 600, `Retry-After: ${seconds}`);
  }
  assertEquals((await cooling(weir)).length, 2);
  assertEquals((await ask(weir, "one", "hello")).status, 200);
});

Deno.test("a target alone is never left out, however often it fails", async () => {
  await using first = startProvider();
  const env = { COOLDOWN_MIN_CALLS: "1", COOLDOWN_FAILURE_RATE: "0.01" };
  await using weir = await startProgram({ env: twoTargets(first, first, env) });
  for (let call = 0; call < 5; call++) {
    const answer = await ask(weir, "failing", "[500]");
    assertEquals([answer.status, answer.attempts], [500, "1"]);
  }
  assertEquals((await ask(weir, "failing", "hello")).status, 200);
});

Deno.test("cooldown counts failures within its window", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  const env = { COOLDOWN_WINDOW_MS: "3600000", COOLDOWN_MIN_CALLS: "3" };
  await using weir = await startProgram({ env: twoTargets(first, second, env) });
  for (let call = 0; call < 3; call++) {
    assertEquals((await ask(weir, "both", "[500]")).attempts, "2");
  }
  assertEquals((await ask(weir, "both", "[500]")).attempts, "1");
});

Deno.test("COOLDOWN=off asks every target every time", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  await using weir = await startProgram({ env: twoTargets(first, second, { COOLDOWN: "off" }) });
  for (let call = 0; call < 2; call++) {
    assertEquals((await ask(weir, "both", "[429] [retry-after=3600]")).attempts, "2");
  }
  assertEquals(await cooling(weir), []);
});

Deno.test("a reload forgets no target that is left out", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  await using directory = await workingDirectory({ "weir.jsonc": "{}" });
  const env = twoTargets(first, second);
  await using weir = await startProgram({ cwd: directory.path, env });
  await ask(weir, "both", "[429] [retry-after=3600]");
  await Deno.writeTextFile(`${directory.path}/weir.jsonc`, `{ "retry": { "budgetMs": 1 } }`);
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded"/);
  assertEquals((await cooling(weir)).map(({ target }) => target), ["first/model"]);
  assertEquals((await ask(weir, "both", "hello")).attempts, "1");
});
