import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ListenError } from "../../src/host/listener/listen.ts";
import { StartError } from "../../src/host/start_error.ts";
import { createGroup, settle, testConfig } from "./fake_threads.ts";

const STOP = { readinessDelayMs: 0, drainTimeoutMs: 1_000 };

Deno.test("startWorkers() has all threads listen on the port that the first has found", async () => {
  const { start, spawned } = createGroup(3);
  const group = await start();
  assertEquals(group.port, 4_000);
  assertEquals(spawned.map(({ name }) => name), ["weir-1", "weir-2", "weir-3"]);
  const servers = spawned.map(({ settings: [first] }) => first?.config.server);
  assertEquals(servers.map((server) => [server?.port, server?.reusePort]), [
    [0, "on"],
    [4_000, "on"],
    [4_000, "on"],
  ]);
});

Deno.test("startWorkers() divides what only bounds memory, and leaves limits on calls whole", async () => {
  const config = testConfig({
    MAX_CONCURRENT_REQUESTS: "10",
    MAX_QUEUED_REQUESTS: "5",
    WS_MAX_CONNECTIONS: "4",
    MAX_CONNECTIONS_PER_UPSTREAM: "6",
  });
  const { start, spawned } = createGroup(2, config);
  await start();
  const given = spawned[0]?.settings[0]?.config;
  assertEquals(given?.concurrency.maxCalls, 10);
  assertEquals(given?.concurrency.maxQueued, 3);
  assertEquals(given?.webSocket.maxConnections, 2);
  assertEquals(given?.transport.maxConnectionsPerOrigin, 3);
});

Deno.test("startWorkers() resolves when the last thread listens, and not before", async () => {
  const { start, prepareWith } = createGroup(2);
  const listens = Promise.withResolvers<number>();
  prepareWith((thread) => {
    if (thread.name === "weir-2") thread.onStart = () => listens.promise;
  });
  let isStarted = false;
  const started = start().then(() => isStarted = true);
  await settle();
  assertEquals(isStarted, false);
  listens.resolve(4_000);
  await started;
});

Deno.test("startWorkers() ends all threads where one cannot listen, and says why", async () => {
  const { start, spawned, prepareWith, clock } = createGroup(2);
  prepareWith((thread) => {
    if (thread.name === "weir-2") {
      thread.onStart = () => {
        throw new ListenError("weir cannot listen on this");
      };
    }
  });
  const error = await assertRejects(start, ListenError);
  assertEquals(error.message, "weir cannot listen on this");
  assertEquals(spawned.map(({ isTerminated }) => isTerminated), [true, true]);
  clock.advance(60_000);
  assertEquals(spawned.length, 2, "none is replaced");
});

Deno.test("startWorkers() gives up on a thread that does not start in time, and ends all", async () => {
  const { start, spawned, prepareWith, clock } = createGroup(2);
  prepareWith((thread) => thread.isHanging = thread.name === "weir-2");
  const refused = assertRejects(start, StartError);
  await settle();
  clock.advance(30_000);
  assertEquals(
    (await refused).message,
    "weir lost its thread weir-2: did not listen within 30000 ms",
  );
  assertEquals(spawned.map(({ isTerminated }) => isTerminated), [true, true]);
});

Deno.test("a thread that takes the place of another is ended where it does not start in time", async () => {
  const { start, spawned, lines, prepareWith, clock } = createGroup(2);
  await start();
  prepareWith((thread) => thread.isHanging = true);
  spawned[0]?.die("planted");
  await settle();
  clock.advance(100);
  await settle();
  clock.advance(30_000);
  await settle();
  assertEquals(lines[1]?.fields.cause, "did not listen within 30000 ms");
});

Deno.test("a thread is asked nothing before it can hear, and a stop does not wait for it", async () => {
  const { start, spawned, lines, prepareWith, clock } = createGroup(2);
  const group = await start();
  prepareWith((thread) => thread.isHanging = true);
  spawned[0]?.die("planted");
  await settle();
  clock.advance(100);
  await settle();
  const [, , late] = spawned;
  if (late === undefined) throw new Error("The thread was not replaced");
  late.isHanging = false;
  const applied = group.apply(testConfig({ NODE_ENV: "second" }));
  await settle();
  assertEquals(late.settings, []);
  late.link?.ask("ready");
  await applied;
  const environments = late.settings.map(({ config }) => config.server.environment);
  assertEquals(environments, ["production", "second"]);
  assertEquals(lines.at(-1), { message: "worker replaced", fields: { worker: 1 } });

  late.die("planted");
  await settle();
  clock.advance(200);
  await settle();
  await group.stop(STOP);
  assertEquals(spawned.map(({ isTerminated }) => isTerminated), [true, true, true, true]);
});

Deno.test("a thread that dies is replaced, and its calls are counted in the log and given back", async () => {
  const { start, spawned, lines, clock, runCalls } = createGroup(2);
  await start();
  runCalls(1, 7);
  spawned[1]?.die("planted");
  await settle();
  assertEquals(lines, [{
    message: "worker lost",
    fields: { worker: 2, calls: 7, outcome: "worker_lost", replaced_in_ms: 100, cause: "planted" },
  }]);
  assertEquals(spawned.length, 2);
  clock.advance(100);
  await settle();
  assertEquals(lines[1], { message: "worker replaced", fields: { worker: 2 } });
  assertEquals(spawned[2]?.settings[0]?.config.server.port, 4_000);
  spawned[2]?.die("again");
  await settle();
  assertEquals(lines[2]?.fields.calls, 0);
});

Deno.test("what a thread that dies had reserved of budgets counts as spent, and the log says how much", async () => {
  const group = createGroup(2);
  await group.start();
  group.reserveDollar(0);
  group.reserveDollar(1);
  assertEquals(group.budget(), [0, 2]);
  group.spawned[1]?.die("planted");
  await settle();
  assertEquals(group.budget(), [1, 1]);
  assertEquals(group.lines.at(0)?.fields.reserved_usd, 1);
});

Deno.test("a thread that dies again and again is replaced ever more slowly", async () => {
  const { start, spawned, lines, clock, prepareWith } = createGroup(2);
  await start();
  prepareWith((thread) =>
    thread.onStart = () => {
      throw new Error("planted");
    }
  );
  spawned[0]?.die("planted");
  for (let advance = 0; advance < 3_000; advance++) {
    await settle();
    clock.advance(100);
  }
  const pauses = lines.map(({ fields }) => Number(fields.replaced_in_ms));
  assertEquals(pauses.slice(0, 10), [
    ...[100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000],
  ]);
  assertEquals(pauses.length, 18, "in five minutes");
  assertStringIncludes(`${lines[1]?.fields.cause}`, "did not start: Error: planted");
  prepareWith(() => {});
  for (let advance = 0; advance < 1_300; advance++) {
    await settle();
    clock.advance(100);
  }
  // It has served for more than a minute.
  spawned.at(-1)?.die("much later");
  await settle();
  assertEquals(lines.at(-1)?.fields.replaced_in_ms, 100);
});

Deno.test("a thread that hangs is ended; one that is merely slow is not", async () => {
  const { start, spawned, lines, clock } = createGroup(2);
  await start();
  const beat = async (times: number): Promise<void> => {
    for (let beats = 0; beats < times; beats++) {
      clock.advance(5_000);
      await settle();
    }
  };
  const [, second] = spawned;
  if (second === undefined) throw new Error("There is no second thread");
  second.isHanging = true;
  await beat(5);
  second.isHanging = false;
  await beat(2);
  assertEquals(lines, []);
  second.isHanging = true;
  await beat(7);
  assertEquals(lines[0]?.fields.cause, "did not answer for 30000 ms");
  assertEquals([spawned[0]?.isTerminated, second.isTerminated], [false, true]);
});

Deno.test("a process that was stopped as a whole finds its threads alive", async () => {
  const { start, spawned, clock } = createGroup(2);
  await start();
  for (let stop = 0; stop < 10; stop++) {
    clock.advance(3_600_000);
    await settle();
  }
  assertEquals(spawned.length, 2);
});

Deno.test("a configuration reaches all threads, and those that come later", async () => {
  const { start, spawned, clock } = createGroup(2);
  const group = await start();
  await group.apply(testConfig({ NODE_ENV: "second" }));
  const newest = () => spawned.map(({ settings }) => settings.at(-1)?.config.server.environment);
  assertEquals(newest(), ["second", "second"]);
  spawned[0]?.die("planted");
  await settle();
  clock.advance(100);
  await settle();
  assertEquals(newest(), ["second", "second", "second"]);
});

Deno.test("a thread that cannot take a configuration makes room for one that can", async () => {
  const { start, spawned, lines, clock } = createGroup(2);
  const group = await start();
  const [first] = spawned;
  if (first === undefined) throw new Error("There is no thread");
  first.onApply = () => {
    throw new Error("planted");
  };
  await group.apply(testConfig({ NODE_ENV: "second" }));
  await settle();
  assertStringIncludes(
    `${lines[0]?.fields.cause}`,
    "could not take the configuration: Error: planted",
  );
  clock.advance(100);
  await settle();
  assertEquals(spawned[2]?.settings[0]?.config.server.environment, "second");
});

Deno.test("a stop waits for all threads, and for none that is lost", async () => {
  const { start, spawned, lines, clock } = createGroup(3);
  const group = await start();
  const finish = Promise.withResolvers<void>();
  const [first, second] = spawned;
  if (first === undefined || second === undefined) throw new Error("Threads are missing");
  first.onStop = () => finish.promise;
  second.onStop = () => new Promise(() => {});
  let isStopped = false;
  const stopped = group.stop(STOP).then(() => isStopped = true);
  await settle();
  second.die("planted");
  await settle();
  assertEquals(isStopped, false);
  finish.resolve();
  await stopped;
  clock.advance(60_000);
  await settle();
  assertEquals(spawned.map(({ isTerminated }) => isTerminated), [true, true, true]);
  assertEquals(lines, []);
});
