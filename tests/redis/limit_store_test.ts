/** The store over a real Redis that works. */

import { assert, assertEquals } from "@std/assert";
import type { LimitRule } from "../../src/limits/limit_store.ts";
import { LEAVES_TIMERS, openStore, remainingOf, RULE } from "./open_store.ts";
import { startRedis } from "./redis_server.ts";

Deno.test("Two gateways that share a limit admit together exactly what one would", async () => {
  await using redis = await startRedis();
  using left = openStore(redis.url);
  using right = openStore(redis.url);
  await Promise.all([left, right].map(({ lines }) => lines.written("limits are shared")));
  const smaller: LimitRule = { name: "some", limit: 70, windowMs: 86_400_000 };
  const one = [{ rule: RULE, key: "a", cost: 1 }];
  const three = [{ rule: RULE, key: "b", cost: 3 }];
  const both = [{ rule: RULE, key: "c", cost: 1 }, { rule: smaller, key: "c", cost: 1 }];
  const never = [{ rule: RULE, key: "d", cost: 1 }, { rule: smaller, key: "d", cost: 71 }];
  for (const [demands, expected] of [[one, 100], [three, 33], [both, 70], [never, 0]] as const) {
    const counts = await Promise.all([left.burst(150, demands), right.burst(150, demands)]);
    assertEquals(counts[0] + counts[1], expected);
  }
  assertEquals(remainingOf(await left.take(0, "b")), 1);
  assertEquals(remainingOf(await right.take(0, "c")), 30);
  assertEquals(remainingOf(await right.take(0, "d")), 100);
});

Deno.test("By the server's clock as much is admitted as capacity and rate allow", async () => {
  await using redis = await startRedis();
  using gateway = openStore(redis.url);
  await gateway.lines.written("limits are shared");
  const rule: LimitRule = { name: "fast", limit: 100, windowMs: 10_000 };
  const serverMs = async () => {
    const [seconds = 0, micros = 0] = (await redis.client.time()).map(Number);
    return seconds * 1_000 + micros / 1_000;
  };
  /** Between which times of the server each decision was made. */
  const steps: { fromMs: number; toMs: number; isAllowed: boolean }[] = [];
  const elapsedMs = () => steps.at(-1)!.fromMs - steps[0]!.toMs;
  do {
    const fromMs = await serverMs();
    const { isAllowed } = await gateway.take(1, "a", rule);
    steps.push({ fromMs, toMs: await serverMs(), isAllowed });
  } while (elapsedMs() < 300 || steps.at(-1)!.isAllowed);
  const admitted = steps.filter(({ isAllowed }) => isAllowed).length;
  // Time is counted in whole milliseconds, so that both ends may be off by one.
  const most = 100 + (steps.at(-1)!.toMs - steps[0]!.fromMs + 1) / 100;
  const least = 100 + (elapsedMs() - 1) / 100 - 1;
  assert(admitted <= most && admitted >= least, `${admitted}, not ${least} to ${most}`);
  assert(steps.length > admitted + 10, "many were denied");
});

Deno.test("What was taken is settled for all gateways, and looked at without being taken", async () => {
  await using redis = await startRedis();
  using left = openStore(redis.url);
  using right = openStore(redis.url);
  await Promise.all([left, right].map(({ lines }) => lines.written("limits are shared")));
  await left.take(90);
  left.store.settle({ rule: RULE, key: "a", cost: -40 });
  assertEquals(remainingOf(await left.take(0)), 50, "one connection answers in order");
  assertEquals(remainingOf(await right.take(0)), 50);
  right.store.settle({ rule: RULE, key: "a", cost: 60 });
  assertEquals((await right.take(1)).states[0]!.retryAfterMs > 86_400_000 / 10, true);
  assertEquals(left.store.take([]), { isAllowed: true, states: [] });
});

Deno.test("A Redis that forgot the script is given it again", async () => {
  await using redis = await startRedis();
  using gateway = openStore(redis.url);
  await gateway.lines.written("limits are shared");
  await gateway.take(10);
  await redis.client.script("FLUSH");
  assertEquals(await gateway.burst(100, [{ rule: RULE, key: "a", cost: 1 }]), 90);
  assertEquals(gateway.lines.all.length, 1);
});

Deno.test("A user who may run scripts on the keys of limits is enough", async () => {
  await using redis = await startRedis();
  const rights = "+eval +evalsha +time +get +set +del +select ~weir:*".split(" ");
  await redis.client.acl("SETUSER", "weir", "on", ">secret", ...rights);
  using gateway = openStore(redis.url.replace("//", "//weir:secret@").concat("/1"));
  await gateway.lines.written("limits are shared");
  assertEquals(await gateway.burst(150, [{ rule: RULE, key: "a", cost: 1 }]), 100);
  gateway.store.settle({ rule: RULE, key: "a", cost: -100 });
  assertEquals(remainingOf(await gateway.take(0)), 100);
  assertEquals(gateway.lines.all.length, 1);
});

Deno.test(
  "A closed store is never opened again, and answers by the share",
  LEAVES_TIMERS,
  async () => {
    await using redis = await startRedis();
    const gateway = openStore(redis.url);
    await gateway.lines.written("limits are shared");
    const waiting = gateway.take();
    gateway[Symbol.dispose]();
    // Redis may have answered before the connection was closed.
    assert([49, 99].includes(remainingOf(await waiting) ?? 0));
    assertEquals(gateway.isShared(), false);
    const early = openStore(redis.url);
    early[Symbol.dispose]();
    assertEquals(remainingOf(await early.take()), 49);
    assertEquals(gateway.lines.all.length, 1);
  },
);
