import { assert, assertEquals, assertMatch } from "@std/assert";
import OpenAI from "openai";
import { askIn, CHAT_API, CLIENT_APIS, MESSAGES_API } from "../../support/client_api.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";

const CHAT = {
  model: "any-model",
  messages: [{ role: "user" as const, content: "hello" }],
};

async function post(weir: Program, path: string, body: object = CHAT, headers: HeadersInit = {}) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

async function get(weir: Program, path: string, headers: HeadersInit = {}) {
  const response = await fetch(weir.url + path, { headers });
  await response.body?.cancel();
  return response;
}

Deno.test("every answer says what is left, in all three ways", async () => {
  // So slow that no request comes back while the test runs.
  await using weir = await startProgram({ env: { RATE_LIMIT_V1_WINDOW_MS: "86400000" } });
  const { headers } = await post(weir, "/v1/chat/completions");
  assertEquals(headers.get("x-ratelimit-limit"), "600");
  assertEquals(headers.get("x-ratelimit-remaining"), "599");
  assert(Math.abs(Number(headers.get("x-ratelimit-reset")) - Date.now() / 1_000) < 300);
  assertEquals(headers.get("x-ratelimit-limit-requests"), "600");
  assertEquals(headers.get("x-ratelimit-remaining-requests"), "599");
  assertMatch(headers.get("x-ratelimit-reset-requests") ?? "", /^2m2\d(\.\d+)?s$/);
  assertEquals(headers.get("ratelimit-policy"), '"v1";q=600;w=86400');
  assertMatch(headers.get("ratelimit") ?? "", /^"v1";r=599;t=\d+$/);
  // Errors and streams as well.
  assertEquals((await get(weir, "/v1/unknown")).headers.get("x-ratelimit-remaining"), "598");
  const stream = await post(weir, "/v1/chat/completions", { ...CHAT, stream: true });
  assertEquals(stream.headers.get("x-ratelimit-remaining"), "597");
  const service = await get(weir, "/api/v1/models");
  assertEquals(service.headers.get("x-ratelimit-remaining"), "99");
  const inference = await post(weir, "/api/v1/inference");
  assertEquals(
    inference.headers.get("ratelimit-policy"),
    '"service";q=100;w=900, "inference";q=50;w=900',
  );
  assertEquals(inference.headers.get("x-ratelimit-remaining"), "49");
  assertEquals((await get(weir, "/healthz")).headers.get("x-ratelimit-limit"), null);
});

Deno.test("beyond a limit each surface answers 429 in its own shape, and health goes on", async () => {
  await using weir = await startProgram({
    env: {
      RATE_LIMIT_V1_MAX_REQUESTS: "2",
      // A day, half of which one request takes: what a busy machine takes is little beside it.
      RATE_LIMIT_V1_WINDOW_MS: "86400000",
      RATE_LIMIT_MAX_REQUESTS: "3",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "1",
      WS_CONNECTIONS_PER_MINUTE: "1",
    },
  });
  assertEquals((await get(weir, "/v1/models")).status, 200);
  // What is handed through counts in the same bucket.
  assertEquals((await post(weir, "/v1/moderations")).status, 404, "the fake LLM has none");
  const v1 = await post(weir, "/v1/chat/completions");
  assertEquals([v1.status, JSON.parse(v1.text).error.type], [429, "rate_limit_error"]);
  assertEquals(JSON.parse(v1.text).error.code, "rate_limit_exceeded");
  assertMatch(v1.headers.get("retry-after") ?? "", /^43(1[5-9]\d|200)$/);
  assertEquals(v1.headers.get("x-ratelimit-remaining"), "0");

  assertEquals((await post(weir, "/api/v1/inference")).status, 200);
  const inference = await post(weir, "/api/v1/inference");
  assertEquals(inference.status, 429);
  const { code, type } = JSON.parse(inference.text).error;
  assertEquals([code, type], [429, "rate_limit"]);
  // The refused one took nothing of the service's bucket: two are left.
  assertEquals((await get(weir, "/api/v1/models")).status, 200);
  assertEquals((await get(weir, "/api/v1/models")).status, 200);
  assertEquals((await get(weir, "/api/v1/models")).status, 429);

  assertEquals(await connects(weir), true);
  assertEquals(await connects(weir), false);
  for (let checks = 0; checks < 20; checks++) {
    assertEquals((await get(weir, "/healthz")).status, 200);
  }
});

async function connects(weir: Program): Promise<boolean> {
  const socket = new WebSocket(`${weir.url.replace("http", "ws")}/ws`);
  return await new Promise((resolve) => {
    socket.onopen = () => {
      socket.onclose = () => resolve(true);
      socket.close();
    };
    socket.onerror = () => resolve(false);
  });
}

Deno.test("a request over a WebSocket counts like one to /inference", async () => {
  await using weir = await startProgram({ env: { RATE_LIMIT_INFERENCE_MAX_REQUESTS: "1" } });
  const socket = new WebSocket(`${weir.url.replace("http", "ws")}/ws`);
  const ends: string[] = [];
  const closed = new Promise((resolve) => socket.onclose = resolve);
  const send = (id: string): void =>
    socket.send(JSON.stringify({ type: "inference_request", id, data: CHAT }));
  socket.onopen = () => send("first");
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "error") {
      ends.push(`${message.id} ${message.error.code} ${message.error.type}`);
      socket.close();
    } else if (message.data?.finish_reason) {
      ends.push(`${message.id} ${message.data.finish_reason}`);
      send("second");
    }
  };
  await closed;
  assertEquals(ends, ["first stop", "second 429 rate_limit"]);
});

Deno.test("windows are settings, and 0 switches a limit off", async () => {
  await using weir = await startProgram({
    env: {
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      RATE_LIMIT_WINDOW_MS: "7000",
      RATE_LIMIT_MAX_REQUESTS: "7",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
    },
  });
  assertEquals((await get(weir, "/v1/models")).headers.get("ratelimit"), null);
  const inference = await post(weir, "/api/v1/inference");
  assertEquals(inference.headers.get("ratelimit-policy"), '"service";q=7;w=7');
  await using other = await startProgram({ env: { RATE_LIMIT_V1_WINDOW_MS: "5000" } });
  const { headers } = await get(other, "/v1/models");
  assertEquals(headers.get("ratelimit-policy"), '"v1";q=600;w=5');
});

Deno.test("X-Forwarded-For is hearsay unless the proxy is trusted", async () => {
  const limits = { RATE_LIMIT_V1_MAX_REQUESTS: "1" };
  const from = (address: string): HeadersInit => ({ "x-forwarded-for": address });
  await using plain = await startProgram({ env: limits });
  assertEquals((await get(plain, "/v1/models", from("203.0.113.1"))).status, 200);
  assertEquals((await get(plain, "/v1/models", from("203.0.113.2"))).status, 429);
  await using behind = await startProgram({ env: { ...limits, TRUST_PROXY: "loopback" } });
  assertEquals((await get(behind, "/v1/models", from("203.0.113.1"))).status, 200);
  assertEquals((await get(behind, "/v1/models", from("203.0.113.2"))).status, 200);
  assertEquals((await get(behind, "/v1/models", from("6.6.6.6, 203.0.113.2"))).status, 429);
});

Deno.test("an upstream's own word on its limits is not overwritten (T40)", async () => {
  await using weir = await startProgram({ env: { MAX_RETRIES: "0" } });
  const messages = [{ role: "user", content: "[429] [retry-after=77]" }];
  const refused = await post(weir, "/v1/chat/completions", { ...CHAT, messages });
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "77"]);
});

for (const api of CLIENT_APIS) {
  Deno.test(`tokens per minute count what streams of ${api.name} used`, async () => {
    await using weir = await startProgram({ env: { RATE_LIMIT_TOKENS_PER_MINUTE: "500" } });
    const ask = (maxTokens: number, stream: boolean) =>
      askIn(api, weir, { content: "hello", maxTokens, stream });
    const first = await ask(400, true);
    assertEquals(first.status, 200);
    assertEquals(first.headers.get("x-ratelimit-limit-tokens"), "500");
    assert(Number(first.headers.get("x-ratelimit-remaining-tokens")) <= 100);
    await first.text();
    // What "hello world" did not use was given back when the stream ended.
    await weir.printed(/"outcome":"complete"/);
    const second = await ask(400, false);
    assertEquals([second.status, api.textOf(await second.text())], [200, "hello world"]);
    const third = await ask(501, false);
    const error = api === CHAT_API ? "too_many_tokens" : "rate_limit_error";
    assertEquals([third.status, api.errorOf(await third.text())], [429, error]);
    assertEquals(third.headers.get("x-should-retry"), "false");
  });
}

Deno.test("more calls than may run wait their turn, and the wait is told", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      MAX_CONCURRENT_REQUESTS: "1",
      MAX_QUEUED_REQUESTS: "1",
      QUEUE_TIMEOUT_MS: "20000",
    },
  });
  const client = new OpenAI({ apiKey: "none", baseURL: `${weir.url}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "[tokens=5] [stall=3]" }];
  const running = await client.chat.completions.create({ ...CHAT, messages, stream: true });
  // One of two waits, the other one is refused at once, whichever comes first.
  const both = [post(weir, "/v1/chat/completions"), post(weir, "/v1/chat/completions")];
  const refused = await Promise.race(both);
  assertEquals([refused.status, JSON.parse(refused.text).error.code], [503, "overloaded"]);
  assertEquals(refused.headers.get("retry-after"), "20");
  assertEquals(provider.requests.length, 1);
  running.controller.abort();
  const answers = await Promise.all(both);
  assertEquals(answers.map(({ status }) => status).sort(), [200, 503]);
  const headers = answers.find(({ status }) => status === 200)?.headers ?? new Headers();
  assertMatch(headers.get("x-weir-queue-ms") ?? "", /^\d+(\.\d)?$/);
});

function refusals(weir: Program): Promise<string[]> {
  return Promise.all([CHAT_API, MESSAGES_API].map(async (api) => {
    const response = await askIn(api, weir, { content: "hello" });
    return `${response.status} ${api.errorOf(await response.text())}`;
  }));
}

Deno.test("a wait for a turn that is too long ends with 503, and a key's own limit with 429", async () => {
  const env = { QUEUE_TIMEOUT_MS: "50" };
  const hold = async (weir: Program) => {
    const controller = new AbortController();
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({
        ...CHAT,
        stream: true,
        messages: [{ role: "user", content: "[tokens=5] [stall=3]" }],
      }),
      headers: { "content-type": "application/json" },
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    return controller;
  };
  await using one = await startProgram({ env: { ...env, MAX_CONCURRENT_REQUESTS: "1" } });
  const first = await hold(one);
  assertEquals(await refusals(one), ["503 overloaded", "503 overloaded_error"]);
  // What is handed through needs a turn as well; reading the list of models does not.
  assertEquals((await post(one, "/v1/moderations")).status, 503);
  assertEquals((await get(one, "/v1/models")).status, 200);
  first.abort();
  await using each = await startProgram({ env: { ...env, MAX_CONCURRENT_REQUESTS_PER_KEY: "1" } });
  const second = await hold(each);
  assertEquals(await refusals(each), ["429 concurrency_limit_exceeded", "429 rate_limit_error"]);
  second.abort();
});
