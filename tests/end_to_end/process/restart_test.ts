/** One process takes over from another, under load. */

import OpenAI from "openai";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Program, runProgram, startProgram } from "../../support/program.ts";

const STREAMS = 200;
const REQUESTS = 1_000;
const CLIENTS = 10;
const NO_LIMITS = {
  MAX_CONCURRENT_REQUESTS: "10000",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
};

function start(fake: Program, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: {
      ...NO_LIMITS,
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: `${fake.url}/v1`,
      ...env,
    },
  });
}

type Init = RequestInit & { readonly client?: Deno.HttpClient };

/** A client that makes a connection for each request. */
const unpooled = (): Deno.HttpClient => Deno.createHttpClient({ poolMaxIdlePerHost: 0 });

function ask(url: string, content: string, stream: boolean, init: Init = {}) {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content }] }),
    ...init,
  });
}

/** Streams that have all begun; resolves with how many of them were whole. */
async function openStreams({ url }: Program): Promise<() => Promise<number>> {
  const open = () => ask(url, "[tokens=80] [pace=50]", true);
  const responses = await Promise.all(Array.from({ length: STREAMS }, open));
  // Settled, so that a failure elsewhere is what the test reports.
  const streams = Promise.allSettled(responses.map((response) => response.text()));
  return async () =>
    (await streams).filter((stream) =>
      stream.status === "fulfilled" && stream.value.endsWith("data: [DONE]\n\n")
    ).length;
}

/** Makes requests, several at a time; `onCount` is told how many have begun. */
async function makeRequests(
  request: () => Promise<void>,
  onCount: (count: number) => void,
): Promise<void> {
  let begun = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (begun < REQUESTS) {
      onCount(++begun);
      await request();
    }
  }));
}

Deno.test("without REUSE_PORT a second process is told that the port is taken", async () => {
  await using first = await startProgram({ env: { REUSE_PORT: "on" } });
  const { port } = new URL(first.url);
  const { code, output } = await runProgram({
    args: ["serve"],
    env: { HOST: "127.0.0.1", PORT: port },
  });
  assertEquals(code, 1);
  assertStringIncludes(output, `weir cannot listen on 127.0.0.1:${port}`);
});

Deno.test("REUSE_PORT: a new process is ready, then the old one is stopped: no stream is cut, no connection refused, no call of the SDK fails", async () => {
  await using fake = await startProgram({ args: ["fake"] });
  await using old = await start(fake, { REUSE_PORT: "on" });
  const { port } = new URL(old.url);
  const countWhole = await openStreams(old);
  await using next = await start(fake, { REUSE_PORT: "on", PORT: port });
  assertEquals(next.url, old.url);

  using client = unpooled();
  const lost: unknown[] = [];
  const openai = new OpenAI({
    baseURL: `${next.url}/v1`,
    apiKey: "any",
    fetch: async (input, init) => {
      try {
        return await fetch(input, { ...init, client });
      } catch (thrown) {
        lost.push(thrown);
        throw thrown;
      }
    },
  });
  const messages = [{ role: "user" as const, content: "hi" }];
  await makeRequests(
    async () => void await openai.chat.completions.create({ model: "m", messages }),
    (count) => {
      if (count === REQUESTS / 4) old.signal("SIGTERM");
    },
  );

  assertEquals(await countWhole(), STREAMS);
  assertEquals((await old.exited).code, 0);
  const refused = lost.filter((thrown) => /refused/i.test(Deno.inspect(thrown)));
  assertEquals(refused, []);
  // Those that the old process had not read yet when it closed its listener: one of each client at most.
  assert(lost.length <= CLIENTS, `${lost.length} connections were lost`);
});

Deno.test("whoever asks /readyz where to go sees no connection fail, without trying any again", async () => {
  await using fake = await startProgram({ args: ["fake"] });
  await using old = await start(fake, { READINESS_DELAY_MS: "2000" });
  await using next = await start(fake);
  const countWhole = await openStreams(old);
  let target = old;
  using client = unpooled();
  const servedBy = new Map<Program, number>();
  await makeRequests(
    async () => {
      const ready = await fetch(`${target.url}/readyz`, { client });
      await ready.body?.cancel();
      if (ready.status === 503) target = next;
      const asked = target;
      // As slow as that, requests come before the signal, during the delay and after it.
      const response = await ask(asked.url, "[slow=40]", false, { client });
      assertEquals((await response.json()).choices[0].message.content, "hello world");
      servedBy.set(asked, (servedBy.get(asked) ?? 0) + 1);
    },
    (count) => {
      if (count === REQUESTS / 4) old.signal("SIGTERM");
    },
  );
  assert((servedBy.get(old) ?? 0) > REQUESTS / 5);
  assert((servedBy.get(next) ?? 0) > REQUESTS / 5);
  assertEquals(await countWhole(), STREAMS);
  assertEquals((await old.exited).code, 0);
});
