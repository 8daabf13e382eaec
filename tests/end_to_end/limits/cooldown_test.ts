/** Targets that keep failing, or have asked to wait, are left out for a while. */

import { assert, assertEquals } from "@std/assert";
import { startHandProvider } from "../../support/hand_provider.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { ask, twoTargets, withoutTags } from "../../support/two_targets.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const COMPLETION = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
};

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
  await until(async () => (await cooling(weir)).length === 0);
  for (let call = 0; call < 2; call++) {
    const answer = await ask(weir, "both", "hello");
    assertEquals([answer.upstream, answer.attempts], ["first", "1"]);
  }
});

Deno.test("when all targets are left out, the one that is due soonest is tried (T42)", async () => {
  await using first = startProvider();
  await using second = startProvider();
  await using weir = await startProgram({ env: twoTargets(first, second) });
  const limited = await ask(weir, "both", "[429] [retry-after=3600]");
  assertEquals([limited.status, limited.attempts], [429, "2"]);
  assertEquals((await cooling(weir)).length, 2);
  const still = await ask(weir, "both", "[429] [retry-after=1800]");
  assertEquals([still.status, still.attempts], [429, "1"], "no more than the one is asked");
  const answer = await ask(weir, "both", "hello");
  assertEquals([answer.status, answer.attempts], [200, "1"]);
  assertEquals((await cooling(weir)).length, 1, "what has answered is left out no longer");
});

/** What one caller does wrong, as far as its provider tells, and what nobody can tell. */
const BAD_PROMPTS = [
  "[400]",
  "[403]",
  "[404]",
  "[413]",
  "[422]",
  "[429]",
  "[429] [retry-after=3600]",
  "[quota]",
  "[500]",
  "[502] [html]",
  "[503]",
  "[empty]",
  "[error=0]",
  "[cut=0]",
  "[malformed=1]",
];

for (const callsAtOnce of [1, 8]) {
  Deno.test(`beside a caller whose calls all fail, ${callsAtOnce} at once, every good call is answered`, async () => {
    await using first = startProvider();
    await using second = startProvider();
    const env = twoTargets(first, second, {
      COOLDOWN_MIN_CALLS: "2",
      BASE_RETRY_DELAY: "0.01",
      // Less than its provider asks to wait: the failing caller is told at once.
      RETRY_BUDGET: "0.5",
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
    });
    await using weir = await startProgram({ env });
    for (const prompt of BAD_PROMPTS) {
      for (const stream of [false, true]) {
        for (let round = 0; round < 3; round++) {
          const bad = Array.from({ length: callsAtOnce }, () => ask(weir, "both", prompt, stream));
          const [good, ...failed] = await Promise.all([ask(weir, "both", "hello", stream), ...bad]);
          assertEquals(good?.status, 200, `beside ${prompt}: ${good?.text}`);
          const after = await ask(weir, "both", "hello", stream);
          assertEquals(after.status, 200, `after ${prompt}: ${after.text}`);
          // A cut or a broken event is no failure in every form.
          if (prompt.startsWith("[4")) assert(failed.every(({ status }) => status >= 400), prompt);
        }
      }
    }
  });
}

Deno.test("a prompt that only one target cannot take leaves it in service", async () => {
  await using long = startHandProvider();
  await using second = startProvider(0, withoutTags);
  long.answerOthers((request) => {
    const message = "This model's maximum context length is 8192 tokens, you requested 9000";
    request.body.includes("a long story")
      ? request.json({ error: { message, type: "server_error" } }, 500)
      : request.json(COMPLETION);
  });
  const env = twoTargets(long, second, { COOLDOWN_MIN_CALLS: "1" });
  await using weir = await startProgram({ env });
  for (let call = 0; call < 5; call++) {
    assertEquals((await ask(weir, "both", "a long story")).upstream, "second");
  }
  assertEquals((await ask(weir, "both", "hello")).upstream, "first");
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
  const env = twoTargets(first, second, { COOLDOWN: "off", PACING: "off" });
  await using weir = await startProgram({ env });
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
