/** The store over a real Redis, and over servers that are none. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/cli/runtime.ts";
import type { Clock, Random } from "../../src/core/clock.ts";
import { createLimitStore } from "../../src/policy/create_limit_store.ts";
import type { LimitDecision, LimitDemand, LimitRule } from "../../src/policy/limit_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/policy/memory_limit_store.ts";
import { startRedis } from "./redis_server.ts";

/** So slow that nothing comes back while a test runs. */
const RULE: LimitRule = { name: "all", limit: 100, windowMs: 86_400_000 };
/** No machine is so slow that this passes by itself. */
const PATIENT_MS = 10_000;

/** Lines of the log, and a wait for the next one. */
class Lines {
  readonly all: string[] = [];
  #wake = (): void => {};

  readonly write = (message: string, fields: Readonly<Record<string, unknown>>): void => {
    this.all.push(`${message} ${JSON.stringify(fields)}`);
    this.#wake();
  };

  /** Resolves when there are `count` lines that hold a text; rejects when that takes too long. */
  async written(text: string, count = 1): Promise<string> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENT_MS);
    try {
      while (true) {
        const line = this.all.filter((line) => line.includes(text))[count - 1];
        if (line !== undefined) return line;
        if (isLate) throw new Error(`Not written: "${text}", but:\n${this.all.join("\n")}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Options {
  readonly timeoutMs?: number;
  readonly share?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** A gateway's limits; `using` closes them with the test. */
function openStore(url: string, options: Options = {}) {
  const { timeoutMs = PATIENT_MS, share = 0.5, clock = systemClock, random = Math.random } =
    options;
  const lines = new Lines();
  const debugLines = new Lines();
  const memory = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), systemClock);
  const { store, close } = createLimitStore(
    { store: url, redisTimeoutMs: timeoutMs, redisFallbackShare: share },
    memory,
    {
      clock,
      random,
      log: { info: lines.write, warn: lines.write, debug: debugLines.write },
    },
  );
  const take = async (cost = 1, key = "a", rule = RULE) => await store.take([{ rule, key, cost }]);
  return {
    lines,
    debugLines,
    store,
    take,
    isShared: () => store.take([{ rule: RULE, key: "nobody", cost: 0 }]) instanceof Promise,
    /** How many of so many, all at once, are allowed. */
    burst: async (count: number, demands: readonly LimitDemand[]) => {
      const decisions = await Promise.all(
        Array.from({ length: count }, () => store.take(demands)),
      );
      return decisions.filter(({ isAllowed }) => isAllowed).length;
    },
    [Symbol.dispose]: close,
  };
}

function remainingOf({ states: [state] }: LimitDecision): number | undefined {
  return state?.remaining;
}

/** A server that reads and answers as it likes. */
function startServer(answer: (connection: Deno.Conn, said: string) => Promise<unknown>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(65_536);
    for (let size = await connection.read(buffer); size !== null;) {
      await answer(connection, new TextDecoder().decode(buffer.subarray(0, size)));
      size = await connection.read(buffer);
    }
  };
  const connections: Deno.Conn[] = [];
  const ended = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      serve(connection).catch(() => {}); // The other side may leave at any time.
    }
  })();
  return {
    url: `redis://127.0.0.1:${listener.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await ended;
      for (const connection of connections) closeOnce(connection);
    },
  };
}

function closeOnce(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}

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

Deno.test("A limit is counted by its share while Redis is dead, and in Redis once that is back", async () => {
  await using redis = await startRedis();
  using gateway = openStore(redis.url, { share: 0.3 });
  await gateway.lines.written("limits are shared");
  await gateway.take(95);
  await redis.kill();
  await gateway.lines.written("limits are not shared");
  assertEquals(await gateway.burst(100, [{ rule: RULE, key: "a", cost: 1 }]), 30);
  const { states: [state] } = await gateway.take(1);
  assertEquals(state?.rule, { ...RULE, limit: 30 }, "clients are told of the limit that holds");
  // What the whole limit has room for takes all of the share, what it has none for is never met.
  assertEquals((await gateway.take(80, "b")).isAllowed, true);
  assertEquals(remainingOf(await gateway.take(0, "b")), 0);
  assert((await gateway.take(80, "b")).states[0]!.retryAfterMs <= 86_400_000);
  assertEquals((await gateway.take(101, "b")).states[0]?.retryAfterMs, Infinity);
  gateway.store.settle({ rule: RULE, key: "b", cost: -10 });
  assertEquals(remainingOf(await gateway.take(0, "b")), 10);

  await redis.restart();
  await gateway.lines.written("limits are shared", 2);
  assertEquals(await gateway.burst(150, [{ rule: RULE, key: "a", cost: 1 }]), 100);
  assertEquals(gateway.lines.all.length, 3, gateway.lines.all.join("\n"));
});

Deno.test("Who waits for a Redis that stands still is answered by the share when time is up", async () => {
  await using redis = await startRedis();
  using gateway = openStore(redis.url, { timeoutMs: 50 });
  await gateway.lines.written("limits are shared");
  redis.signal("SIGSTOP");
  const demands = [{ rule: RULE, key: "a", cost: 1 }];
  assertEquals(await gateway.burst(400, demands), 50);
  const lost = await gateway.lines.written("limits are not shared");
  assertStringIncludes(lost, "No answer within 50 ms");
  assertEquals(gateway.isShared(), false, "nobody else waits");
  redis.signal("SIGCONT");
  await gateway.lines.written("limits are shared", 2);
  assertEquals(gateway.isShared(), true);
  // What was on its way has been taken all the same.
  assertEquals(remainingOf(await gateway.take(0)), 0);
});

Deno.test("More calls than may wait for Redis are counted by the share at once", async () => {
  await using redis = await startRedis();
  using gateway = openStore(redis.url);
  await gateway.lines.written("limits are shared");
  redis.signal("SIGSTOP");
  const demands = [{ rule: RULE, key: "a", cost: 1 }];
  const answers = Array.from({ length: 1_200 }, () => gateway.store.take(demands));
  const atOnce = answers.filter((answer) => !(answer instanceof Promise)) as LimitDecision[];
  assertEquals(atOnce.length, 200);
  assertEquals(atOnce.filter(({ isAllowed }) => isAllowed).length, 50);
  redis.signal("SIGCONT");
  const later = await Promise.all(answers);
  assertEquals(later.filter(({ isAllowed }) => isAllowed).length, 150);
  assertEquals(gateway.lines.all.length, 1, "that is no loss");
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

const REFUSALS: readonly (readonly [what: string, off: string[], on: string[], cause: string])[] = [
  ["is full", ["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"], "OOM"],
  [
    "can only be read",
    ["REPLICAOF 127.0.0.1 1", "CONFIG SET replica-serve-stale-data yes"],
    ["REPLICAOF NO ONE"],
    "READONLY",
  ],
];

for (const [what, off, on, cause] of REFUSALS) {
  Deno.test(`A Redis that ${what} is away, until it is not`, async () => {
    await using redis = await startRedis();
    using gateway = openStore(redis.url);
    const run = async (commands: string[]) => {
      for (const command of commands) {
        const [name = "", ...rest] = command.split(" ");
        await redis.client.call(name, ...rest);
      }
    };
    await gateway.lines.written("limits are shared");
    await run(off);
    assertEquals(await gateway.burst(80, [{ rule: RULE, key: "a", cost: 1 }]), 50);
    assertStringIncludes(await gateway.lines.written("limits are not shared"), cause);
    await gateway.debugLines.written(cause);
    assertEquals(gateway.isShared(), false, "although it takes connections");
    await run(on);
    await gateway.lines.written("limits are shared", 2);
    assertEquals(gateway.isShared(), true);
  });
}

Deno.test("What answers like no Redis, or not at all, leaves limits to the share", async () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const cases: readonly (readonly [
    (connection: Deno.Conn, said: string) => Promise<unknown>,
    string,
  ])[] = [
    [(connection) => connection.write(text("HTTP/1.1 400 Bad Request\r\n\r\n")), ""],
    [(connection) => connection.write(text("+OK\r\n")), "It does not answer as Redis does"],
    [(connection) => connection.write(text("*2\r\n:1\r\n:1\r\n")), "It does not answer"],
    [(connection) => Promise.resolve(closeOnce(connection)), ""],
    [() => Promise.resolve(), "No answer within 50 ms"],
  ];
  for (const [answer, cause] of cases) {
    await using server = startServer(answer);
    using gateway = openStore(server.url, { timeoutMs: 50 });
    assertStringIncludes(await gateway.lines.written("limits are not shared"), cause);
    await gateway.debugLines.written("limits are not shared", 2);
    assertEquals(await gateway.burst(80, [{ rule: RULE, key: "a", cost: 1 }]), 50);
    assertEquals(gateway.lines.all.length, 1, "it is said once");
  }
});

Deno.test("No line of the log holds the password, not even where a server quotes it", async () => {
  const password = "p:ss/w@rd-".repeat(20);
  await using server = startServer(async (connection, said) => {
    const quoted = said.split("\r\n").filter((line) => line.length > 20).join(" ").slice(0, 128);
    const errors = [
      `-ERR unknown command 'AUTH', with args beginning with: '${quoted}'\r\n`,
      `-ERR what is ${password}?\r\n`,
    ];
    await connection.write(new TextEncoder().encode(errors[said.length % 2]));
  });
  const address = (user: string) =>
    server.url.replace("//", `//${user}:${encodeURIComponent(password)}@`);
  for (const user of ["", "weir", "weirs"]) {
    using gateway = openStore(address(user));
    await gateway.debugLines.written("limits are not shared");
    const text = [...gateway.lines.all, ...gateway.debugLines.all].join("\n");
    assertStringIncludes(text, "ERR");
    assert(!text.includes(password.slice(0, 10)), text);
  }
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

Deno.test("Attempts come ever later, up to 400 ms, and never all at once", async () => {
  const delaysMs: number[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const random = [0, 0.5, 0.999];
  using _gateway = openStore("redis://127.0.0.1:1", {
    random: () => random[delaysMs.length % 3]!,
    clock: {
      ...systemClock,
      schedule: (delayMs, callback) => {
        if (delayMs < PATIENT_MS) delaysMs.push(delayMs);
        if (delaysMs.length === 9) resolve();
        return systemClock.schedule(delayMs / 100, callback);
      },
    },
  });
  await enough;
  const expected = [50, 100, 200, 400, 400, 400, 400, 400, 400];
  for (const [index, delayMs] of delaysMs.slice(0, 9).entries()) {
    assertEquals(delayMs, expected[index]! * (0.5 + random[index % 3]! / 2));
  }
});

Deno.test("A closed store is never opened again, and answers by the share", async () => {
  await using redis = await startRedis();
  const gateway = openStore(redis.url);
  await gateway.lines.written("limits are shared");
  const waiting = gateway.take();
  gateway[Symbol.dispose]();
  assertEquals(remainingOf(await waiting), 49);
  assertEquals(gateway.isShared(), false);
  const early = openStore(redis.url);
  early[Symbol.dispose]();
  assertEquals(remainingOf(await early.take()), 49);
  assertEquals(gateway.lines.all.length, 1);
});
