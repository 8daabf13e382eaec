/** Which targets a call leaves out, and what is learnt of them. */

import { assert, assertEquals } from "@std/assert";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { TargetCooldown } from "../../src/routing/cooldown.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { playCall, type PlayedTarget, targetsOf } from "./play_call.ts";
import {
  type Answer,
  delta,
  error,
  limited,
  NOW_MS,
  OK,
  okStream,
  refused,
  silent,
  sse,
} from "./retry_cases.ts";

function cooling(failures: Partial<ConstructorParameters<typeof TargetCooldown>[0]> = {}) {
  const clock = new JumpingClock(NOW_MS);
  const cooldown = new TargetCooldown({
    enabled: "on",
    windowMs: 60_000,
    minCalls: 2,
    failureRate: 0.5,
    durationMs: 30_000,
    ...failures,
  }, new Map());
  return { clock, cooldown, maxRetries: 0 };
}

Deno.test("cooldown: a target that keeps failing is left out, then tried by one call", async () => {
  const shared = cooling();
  const bad = targetsOf([[error(500, "no")], [OK]]);
  const good = targetsOf([[OK], [OK]]);
  const tries = async (targets: PlayedTarget[]) => (await playCall({ ...shared, targets })).tries;
  assertEquals(await tries(bad), "a b");
  assertEquals(await tries(bad), "a b");
  assertEquals(await tries(good), "b", "left out");
  shared.clock.pass(30_001);
  assertEquals(await tries(bad), "a b", "the probe");
  assertEquals(await tries(good), "b", "which failed");
  shared.clock.pass(30_001);
  assertEquals(await tries(good), "a", "the next probe");
  assertEquals(await tries(good), "a", "which was answered");
});

Deno.test("cooldown: a target alone is always tried", async () => {
  const shared = cooling({ minCalls: 1 });
  const targets = targetsOf([[error(500, "no")]]);
  for (let call = 0; call < 5; call++) {
    assertEquals((await playCall({ ...shared, targets })).tries, "a");
  }
  assertEquals(shared.cooldown.snapshot(shared.clock.nowMs()), []);
});

Deno.test("cooldown: when all are left out, the one due soonest is tried, then what asked for no wait", async () => {
  const shared = cooling({ minCalls: 1 });
  const play = (targets: PlayedTarget[]) => playCall({ ...shared, targets });
  await play(targetsOf([
    [limited({ "retry-after": "50" })],
    [limited({ "retry-after": "20" })],
    [refused],
  ]));
  const again = await play(targetsOf([[OK], [error(500, "no")], [error(503, "no")]]));
  assertEquals([again.tries, again.reply], ["b c", "503 false"], "a has asked for a wait");
  assertEquals((await play(targetsOf([[OK], [OK], [OK]]))).tries, "b");
  assertEquals((await play(targetsOf([[OK], [OK], [OK]]))).tries, "b", "which is in service again");
  const left = shared.cooldown.snapshot(shared.clock.nowMs());
  assertEquals(left.map(({ target, reason }) => [target, reason]), [
    ["a/m", "rate_limited"],
    ["c/m", "failing"],
  ]);
});

Deno.test("cooldown: a call that every target fails counts against none of them", async () => {
  const shared = cooling({ minCalls: 1 });
  const play = (targets: PlayedTarget[]) => playCall({ ...shared, targets });
  for (const status of [403, 404, 429, 500, 502, 503]) {
    for (const answer of [error(status, "no"), silent]) {
      await play(targetsOf([[answer], [error(status, "no")]]));
      assertEquals((await play(targetsOf([[OK], [OK]]))).tries, "a", String(status));
    }
  }
  assertEquals(shared.cooldown.snapshot(shared.clock.nowMs()), []);
});

Deno.test("cooldown: what is a target's own counts even where the others fail as well", async () => {
  for (const answer of [refused, limited({ "retry-after": "20" })]) {
    const shared = cooling({ minCalls: 1 });
    await playCall({ ...shared, targets: targetsOf([[answer], [error(500, "no")]]) });
    assertEquals((await playCall({ ...shared, targets: targetsOf([[OK], [OK]]) })).tries, "b");
  }
});

Deno.test("cooldown: what the upstream's words lay to the request counts against nobody", async () => {
  const said = (status: number, message: string): Answer => ({
    status,
    body: JSON.stringify({ error: { message, type: "server_error" } }),
  });
  const shared = cooling({ minCalls: 1 });
  for (
    const answer of [
      said(500, "This model's maximum context length is 8192 tokens"),
      said(403, "Your input was flagged by moderation"),
      said(402, "You requested up to 64000 tokens: reduce it, or use fewer max_tokens"),
      {
        ...limited(),
        body: `{"error":{"message":"Request too large","code":"rate_limit_exceeded"}}`,
      },
    ]
  ) {
    assertEquals(
      (await playCall({ ...shared, targets: targetsOf([[answer], [OK]]) })).tries,
      "a b",
    );
    assertEquals((await playCall({ ...shared, targets: targetsOf([[OK], [OK]]) })).tries, "a");
  }
});

Deno.test("cooldown: a probe whose call says nothing of its target leaves the way to the next one", async () => {
  const shared = cooling({ minCalls: 1 });
  await playCall({ ...shared, targets: targetsOf([[error(500, "no")], [OK]]) });
  shared.clock.pass(30_001);
  const chatOnly = {
    name: "a",
    answers: [OK],
    provider: { formats: { chat: [openaiChat] } },
  };
  const refusing = [chatOnly, { name: "b", answers: [error(500, "no")] }];
  await playCall({ ...shared, operation: "embeddings", targets: refusing });
  assertEquals((await playCall({ ...shared, targets: targetsOf([[OK], [OK]]) })).tries, "a");
});

Deno.test("cooldown: an answer that breaks off counts, a request's own fault does not", async () => {
  const shared = cooling();
  const play = (answer: Answer) =>
    playCall({ ...shared, stream: true, targets: targetsOf([[answer], [okStream]]) });
  for (let call = 0; call < 4; call++) await play(error(400, "no"));
  assertEquals((await play(okStream)).tries, "a");
  for (let call = 0; call < 2; call++) {
    assertEquals((await play({ ...sse(delta), breaks: true })).tries, "a");
  }
  assertEquals((await play(okStream)).tries, "b");
  const [left] = shared.cooldown.snapshot(shared.clock.nowMs());
  assert(left?.code === "upstream_truncated" && left.reason === "failing");
});

Deno.test("cooldown: a caller's own account takes no target away from others", async () => {
  const own = { takesClientsCredentials: true } as const;
  for (
    const answer of [
      error(401, "no"),
      error(402, "no"),
      error(403, "no"),
      limited({ "retry-after": "50" }),
    ]
  ) {
    const shared = cooling({ minCalls: 1 });
    const targets = targetsOf([[answer], [OK]]).map((target) => ({ ...target, provider: own }));
    assertEquals((await playCall({ ...shared, targets })).tries, "a b");
    assertEquals(shared.cooldown.snapshot(shared.clock.nowMs()), []);
  }
});
