/** The store while Redis is away, or something else is in its place. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { LimitDecision } from "../../src/limits/limit_store.ts";
import { closeOnce, startAnsweringServer } from "./answering_server.ts";
import { LEAVES_TIMERS, openStore, remainingOf, RULE } from "./open_store.ts";
import { retryDelayMs } from "../../src/limits/redis/redis_link.ts";
import { startRedis } from "./redis_server.ts";

Deno.test(
  "A limit is counted by its share while Redis is dead, and in Redis once that is back",
  LEAVES_TIMERS,
  async () => {
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
  },
);

Deno.test(
  "Who waits for a Redis that stands still is answered by the share when time is up",
  LEAVES_TIMERS,
  async () => {
    await using redis = await startRedis();
    using gateway = openStore(redis.url, { timeoutMs: 200 });
    await gateway.lines.written("limits are shared");
    redis.signal("SIGSTOP");
    const demands = [{ rule: RULE, key: "a", cost: 1 }];
    assertEquals(await gateway.burst(400, demands), 50);
    const lost = await gateway.lines.written("limits are not shared");
    assertStringIncludes(lost, "No answer within 200 ms");
    assertEquals(gateway.isShared(), false, "nobody else waits");
    redis.signal("SIGCONT");
    await gateway.lines.written("limits are shared", 2);
    assertEquals(gateway.isShared(), true);
    // What was on its way has been taken all the same.
    assertEquals(remainingOf(await gateway.take(0)), 0);
  },
);

Deno.test(
  "More calls than may wait for Redis are counted by the share at once",
  LEAVES_TIMERS,
  async () => {
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
  },
);

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
  Deno.test(`A Redis that ${what} is away, until it is not`, LEAVES_TIMERS, async () => {
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

Deno.test(
  "What answers like no Redis, or not at all, leaves limits to the share",
  LEAVES_TIMERS,
  async () => {
    const text = (words: string) => new TextEncoder().encode(words);
    const cases: readonly (readonly [
      (connection: Deno.Conn, said: string) => Promise<unknown>,
      string,
    ])[] = [
      [(connection) => connection.write(text("HTTP/1.1 400 Bad Request\r\n\r\n")), ""],
      [(connection) => connection.write(text("+OK\r\n")), "It does not answer as Redis does"],
      [(connection) => connection.write(text("*2\r\n:1\r\n:1\r\n")), "It does not answer"],
      [(connection) => Promise.resolve(closeOnce(connection)), ""],
      [() => Promise.resolve(), "No answer within 1000 ms"],
    ];
    for (const [answer, cause] of cases) {
      await using server = startAnsweringServer(answer);
      using gateway = openStore(server.url, { timeoutMs: 1_000 });
      assertStringIncludes(await gateway.lines.written("limits are not shared"), cause);
      await gateway.debugLines.written("limits are not shared", 2);
      assertEquals(await gateway.burst(80, [{ rule: RULE, key: "a", cost: 1 }]), 50);
      assertEquals(gateway.lines.all.length, 1, "it is said once");
    }
  },
);

Deno.test(
  "No line of the log holds the password, not even where a server quotes it",
  LEAVES_TIMERS,
  async () => {
    const password = "p:ss/w@rd-".repeat(20);
    await using server = startAnsweringServer(async (connection, said) => {
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
  },
);

Deno.test("Attempts come ever later, up to 400 ms, and never all at once", () => {
  const expected = [50, 100, 200, 400, 400];
  for (const [failures, delayMs] of expected.entries()) {
    assertEquals([0, 0.5, 1].map((random) => retryDelayMs(failures, random)), [
      delayMs * 0.5,
      delayMs * 0.75,
      delayMs,
    ]);
  }
});
