import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ANONYMOUS, type LimitClass, type Principal } from "../../src/core/principal.ts";
import {
  createLimitRate,
  type LimitOptions,
  limitOptions,
  refuseOverLimit,
} from "../../src/limits/limit_rate.ts";
import type { LimitDecision, LimitState } from "../../src/limits/limit_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { ManualClock } from "../transport/manual_clock.ts";

function start(options: Partial<LimitOptions> = {}) {
  const clock = new ManualClock();
  const store = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), clock);
  const limitRate = createLimitRate(store, limitOptions.parse(options));
  const take = (
    classes: readonly LimitClass[],
    principal: Principal = ANONYMOUS,
    account = "203.0.113.7",
  ) => limitRate(classes, principal, account) as LimitDecision;
  /** How many requests are let in. */
  const count = (...request: Parameters<typeof take>): number => {
    let allowed = 0;
    while (allowed < 10_000 && take(...request).isAllowed) allowed++;
    return allowed;
  };
  return { clock, take, count };
}

function keyHolder(name: string, limits: Principal["limits"] = {}): Principal {
  return { name, hasKey: true, limits, models: undefined };
}

Deno.test("Each class has the limit that it is given by default", () => {
  const { count, clock } = start();
  assertEquals(count(["v1"]), 600);
  assertEquals(count(["websocket"]), 5);
  assertEquals(count(["service", "inference"]), 50);
  assertEquals(count(["service"]), 50, "what inference left of 100");
  clock.advance(60_000);
  assertEquals(count(["v1"]), 600);
  assertEquals(count(["websocket"]), 5);
  assertEquals(count(["service"]), 6);
  clock.advance(900_000);
  assertEquals(count(["service"]), 100);
});

Deno.test("Each option of limits changes its limit", () => {
  const cases: readonly (readonly [Partial<LimitOptions>, LimitClass, number, number])[] = [
    [{ maxRequests: 3 }, "service", 3, 900_000],
    [{ inferenceMaxRequests: 4 }, "inference", 4, 900_000],
    [{ windowMs: 5_000 }, "service", 100, 5_000],
    [{ windowMs: 5_000 }, "inference", 50, 5_000],
    [{ webSocketConnectionsPerMinute: 2 }, "websocket", 2, 60_000],
    [{ v1MaxRequests: 7 }, "v1", 7, 60_000],
    [{ v1WindowMs: 1_000 }, "v1", 600, 1_000],
  ];
  for (const [options, limitClass, limit, windowMs] of cases) {
    const rules = start(options).take([limitClass]).states.map(({ rule }) => rule);
    assertEquals(rules, [{ name: limitClass, limit, windowMs }]);
  }
});

Deno.test("A limit of 0 is none", () => {
  const { take } = start({ v1MaxRequests: 0, inferenceMaxRequests: 0 });
  assertEquals(take(["v1"]), { isAllowed: true, states: [] });
  assertEquals(take(["service", "inference"]).states.map(({ rule }) => rule.name), ["service"]);
  assertEquals(take([]), { isAllowed: true, states: [] });
});

Deno.test("Each account has buckets of its own", () => {
  const { count } = start({ v1MaxRequests: 3 });
  assertEquals(count(["v1"], ANONYMOUS, "203.0.113.1"), 3);
  assertEquals(count(["v1"], ANONYMOUS, "203.0.113.1"), 0);
  assertEquals(count(["v1"], ANONYMOUS, "203.0.113.2"), 3);
});

Deno.test("A key's own limits stand in place of those for all", () => {
  const { count } = start();
  const holder = keyHolder("alice", { v1: 2, service: 200, inference: 0, websocket: undefined });
  assertEquals(count(["v1"], holder), 2);
  assertEquals(count(["service", "inference"], holder), 200);
  assertEquals(count(["websocket"], holder), 5);
  const free = start({ v1MaxRequests: 0 });
  assertEquals(free.count(["v1"], keyHolder("bob", { v1: 1 })), 1);
});

Deno.test("A request over the limit is refused with the longest wait of its limits", () => {
  const state = (name: string, retryAfterMs: number): LimitState => ({
    rule: { name, limit: 5, windowMs: 60_000 },
    remaining: 0,
    resetMs: 60_000,
    retryAfterMs,
  });
  refuseOverLimit({ isAllowed: true, states: [state("v1", 0)] });
  refuseOverLimit({ isAllowed: true, states: [] });
  const states = [state("service", 0), state("inference", 12_001), state("websocket", 900)];
  const error = assertThrows(
    () => refuseOverLimit({ isAllowed: false, states }),
    GatewayError,
    "Too many requests: at most 5 in 60 seconds; try again in 13 seconds",
  );
  const { kind, status, code, type, retryAfterMs } = error;
  assertEquals(
    { kind, status, code, type, retryAfterMs },
    {
      kind: "rate_limited",
      status: 429,
      code: "rate_limit_exceeded",
      type: "rate_limit_error",
      retryAfterMs: 12_001,
    },
  );
});
