/** Each of these once ended, hung or misled a gateway of this kind, or this one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { endedWith, together } from "../../support/together.ts";

const JSON_TYPE = { "content-type": "application/json" };

function ask(weir: Program, prompt: string, fields = {}, init: RequestInit = {}) {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }], ...fields }),
    ...init,
  });
}

/** An upstream that answers as each case says, before short clocks and narrow bounds. */
const test = together("an upstream that misbehaves", async () => {
  const provider = serveStandIn(() => new Response(null, { status: 500 }));
  const weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: `${provider.origin}/v1`,
      COOLDOWN: "off",
      PACING: "off",
      IDLE_TIMEOUT_MS: "300",
      MAX_EVENT_BYTES: "1024",
    },
  });
  return endedWith({ provider, weir });
});

async function isServing(weir: Program): Promise<void> {
  assertEquals((await (await fetch(`${weir.url}/healthz`)).json()).ok, true);
}

Deno.test("a drain through a silence, with keep-alive due, harms nobody (T05)", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      ON_DISCONNECT: "drain",
      DRAIN_MAX_MS: "500",
      KEEP_ALIVE_INTERVAL_MS: "50",
    },
  });
  const response = await ask(weir, "[tokens=50] [stall=3]", { stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await provider.answered("cancelled");
  await weir.printed(/"outcome":"client_gone"/);
  await isServing(weir);
  assert(!weir.output().includes("unhandled"), weir.output());
});

test("a client that leaves while Weir waits for another try ends the tries (T04)", async ({ weir, provider }) => {
  let tries = 0;
  const tried = Promise.withResolvers<void>();
  provider.answerBy(() => {
    tries++;
    tried.resolve();
    return new Response(null, { status: 503, headers: { "retry-after": "30" } });
  });
  const controller = new AbortController();
  ask(weir, "hi", {}, { signal: controller.signal }).catch(() => {});
  await tried.promise;
  controller.abort();
  await weir.printed(/"outcome":"client_gone"/);
  assertEquals(tries, 1);
});

test("an error whose body stalls keeps its status and ends with the idle clock (T38)", async ({ weir, provider }) => {
  provider.answerBy(() =>
    new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(5)) }), {
      status: 400,
    })
  );
  const response = await ask(weir, "hi");
  assertEquals(response.status, 400);
  await response.body?.cancel();
});

test("an answer that breaks a bound gives its upstream connection up", async ({ weir, provider }) => {
  const left = Promise.withResolvers<void>();
  provider.answerBy(() => {
    const chunk = new TextEncoder().encode("data: " + "x".repeat(4_096));
    return new Response(
      new ReadableStream({ pull: (c) => c.enqueue(chunk), cancel: () => left.resolve() }),
      { headers: { "content-type": "text/event-stream" } },
    );
  });
  const response = await ask(weir, "hi");
  assertEquals([response.status, (await response.json()).error.code], [502, "event_too_large"]);
  await left.promise;
});

Deno.test("one upstream whose model list hangs delays no call that another one serves", async () => {
  const started: PromiseWithResolvers<Response>[] = [];
  await using hanging = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const answer = Promise.withResolvers<Response>();
    started.push(answer);
    return answer.promise;
  });
  await using weir = await startProgram({
    env: {
      UPSTREAM_ALPHA_BASE_URL: "http://127.0.0.1:1/v1",
      FAKE: "on",
      DEFAULT_UPSTREAM: "fake",
      UPSTREAM_HANGING_BASE_URL: `http://127.0.0.1:${hanging.addr.port}/v1`,
      MODELS_TIMEOUT_MS: "60000",
    },
  });
  const response = await ask(weir, "hi", { model: "fake-model" });
  assertEquals(response.status, 200);
  await response.body?.cancel();
  for (const { resolve } of started) resolve(new Response(null, { status: 500 }));
});

Deno.test("a body that does not arrive in time is 408", async () => {
  await using weir = await startProgram({ env: { BODY_TIMEOUT_MS: "200" } });
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(weir.url).port),
  });
  await connection.write(
    new TextEncoder().encode(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        "content-length: 1000\r\n\r\n{",
    ),
  );
  const buffer = new Uint8Array(4_096);
  const read = await connection.read(buffer) ?? 0;
  assertMatch(new TextDecoder().decode(buffer.subarray(0, read)), /^HTTP\/1\.1 408 /);
  await isServing(weir);
});

Deno.test("a client that leaves within its request is client_gone, not a fault of ours", async () => {
  await using weir = await startProgram();
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(weir.url).port),
  });
  await connection.write(
    new TextEncoder().encode(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        "content-length: 1000\r\n\r\n{",
    ),
  );
  connection.close();
  await weir.printed(/"status":499.*"outcome":"client_gone"/);
});

test("an error page is quoted without the machine and the key it names (T50, T57)", async ({ weir, provider }) => {
  provider.answerBy(() =>
    new Response(
      "Forbidden: sk-secret-plain at llm.internal.corp:8443 (10.1.2.3) token 0123456789abcdef0123",
      { status: 403 },
    )
  );
  const response = await ask(weir, "hi");
  const { error } = await response.json();
  assertMatch(error.message, /status 403: Forbidden/);
  assert(!/secret|internal|10\.1|0123/.test(error.message), error.message);
});

Deno.test("every call has its log line, under load as well", async () => {
  await using weir = await startProgram({ env: { RATE_LIMIT_V1_MAX_REQUESTS: "0" } });
  const CALLS = 2_000;
  let sent = 0;
  await Promise.all(Array.from({ length: 40 }, async () => {
    while (sent++ < CALLS) await (await ask(weir, "hi")).body?.cancel();
  }));
  await weir.stop();
  assertEquals(weir.output().match(/"message":"call"/g)?.length, CALLS);
});

Deno.test("HOST that cannot be listened on is said in one line", async () => {
  await Promise.all(["nonsense.invalid", "203.0.113.7"].map(async (HOST) => {
    const { code, output } = await runProgram({ env: { HOST, PORT: "0" } });
    assertEquals(code, 1);
    assertMatch(output, /^weir cannot listen on .*; choose another HOST or PORT$/m);
    assert(!output.includes("    at "), output);
  }));
});
