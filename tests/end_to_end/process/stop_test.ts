import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { API_PAIRS, askIn, CLIENT_APIS } from "../../support/client_api.ts";
import { startHandProvider } from "../../support/hand_provider.ts";
import { openStream } from "../../support/open_stream.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { openSocket } from "../../support/socket_client.ts";
import { ask, post } from "../../support/two_targets.ts";

const SHUTTING_DOWN: Readonly<Record<string, string>> = {
  chat: "shutting_down",
  Messages: "overloaded_error",
};

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal}: no new connections, running streams finish, exit code 0`, async () => {
    await using weir = await startProgram();
    const streams = await Promise.all(CLIENT_APIS.map(async (api) => ({
      api,
      response: await askIn(api, weir, { content: "[tokens=40] [pace=25]", stream: true }),
    })));
    weir.signal(signal);
    await weir.printed(/"message":"stopping"/);
    const connect = () =>
      Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(weir.url).port) });
    await assertRejects(connect, Deno.errors.ConnectionRefused);
    for (const { api, response } of streams) {
      assert(
        (await response.text()).endsWith(api.streamEnd),
        `the stream of ${api.name} was whole`,
      );
    }
    assertEquals((await weir.exited).code, 0);
  });
}

Deno.test("at the drain deadline a running stream is told why it ends, exit code 0", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      DRAIN_TIMEOUT_MS: "200",
      ...API_PAIRS.reduce((env, { settings }) => ({ ...env, ...settings(provider.baseUrl) }), {}),
      MODEL_ALIASES: "chat=openai/m,Messages=anthropic/m",
    },
  });
  const content = "[tokens=100000] [pace=25]";
  const streams = await Promise.all(API_PAIRS.map(async ({ api, provider: model }) => ({
    api,
    response: await askIn(api, weir, { model, content, stream: true }),
  })));
  weir.signal("SIGTERM");
  for (const { api, response } of streams) {
    const text = await response.text();
    const [last = ""] = text.match(/(?<=data: )\{.*(?=\n\n$)/) ?? [];
    assertEquals(api.errorOf(last), SHUTTING_DOWN[api.name]);
    assert(!text.includes(api.streamEnd));
  }
  assertEquals((await weir.exited).code, 0);
});

for (const api of CLIENT_APIS) {
  Deno.test(`at the drain deadline what waits for its answer, or for its turn, is told the same in ${api.name}`, async () => {
    await using provider = startProvider();
    await using weir = await startProgram({
      env: {
        OPENAI_API_KEY: "sk-upstream",
        OPENAI_BASE_URL: provider.baseUrl,
        MAX_CONCURRENT_REQUESTS: "1",
        QUEUE_TIMEOUT_MS: "60000",
        DRAIN_TIMEOUT_MS: "500",
      },
    });
    const running = askIn(api, weir, { content: "[slow=60000]" });
    await provider.answered("open");
    const queued = askIn(api, weir, { content: "hi" });
    // Weir reads one connection after the other, so the call before is in its queue by now.
    await (await fetch(`${weir.url}/v1/models`)).body?.cancel();
    weir.signal("SIGTERM");
    for (const answer of [running, queued]) {
      const { status, ...response } = await answer.then(async (answer) => ({
        status: answer.status,
        text: await answer.text(),
      }));
      assertEquals([status, api.errorOf(response.text)], [503, SHUTTING_DOWN[api.name]]);
    }
    assertEquals((await weir.exited).code, 0);
    assertEquals(provider.requests.filter(({ method }) => method === "POST").length, 1);
  });
}

Deno.test("a forwarded body that takes too long is broken off, exit code 0", async () => {
  await using provider = startHandProvider();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      DRAIN_TIMEOUT_MS: "200",
    },
  });
  const asked = fetch(`${weir.url}/v1/moderations`, { method: "POST", body: "anything" });
  const request = await provider.next();
  request.stream().write("the beginning");
  const response = await asked;
  assertEquals(response.status, 200);
  weir.signal("SIGTERM");
  await assertRejects(() => response.text());
  await request.cancelled;
  assertEquals((await weir.exited).code, 0);
});

Deno.test("while a request on a WebSocket is waited for, other requests are served", async () => {
  await using weir = await startProgram();
  await using socket = await openSocket(weir.url);
  socket.ask("running", "[tokens=100] [pace=30]");
  await socket.received(({ id }) => id === "running");
  weir.signal("SIGTERM");
  await weir.printed(/"message":"stopping"/);
  const [json, stream] = await Promise.all([ask(weir, "m", "hi"), ask(weir, "m", "hi", true)]);
  assertEquals([json.status, stream.status], [200, 200]);
  const late = await post(weir, { model: "m", content: "[tokens=150] [pace=30]", stream: true });
  assertEquals((await socket.ended("running")).type, "inference_response");
  assertEquals((await socket.closed).code, 1001);
  assert((await late.text()).endsWith("data: [DONE]\n\n"), "the stream outlives the sockets");
  assertEquals((await weir.exited).code, 0);
});

Deno.test("a connection that is merely kept alive does not hold a stop up", async () => {
  await using weir = await startProgram();
  for (let request = 0; request < 2; request++) await (await openStream(weir, "hi")).text();
  const stoppedMs = performance.now();
  assertEquals((await weir.stop()).code, 0);
  const tookMs = performance.now() - stoppedMs;
  assert(tookMs < 10_000, `The stop took ${tookMs} ms`);
});

Deno.test("a client that does not read cannot keep a stop from ending, exit code 0", async () => {
  await using weir = await startProgram({ env: { DRAIN_TIMEOUT_MS: "200" } });
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(weir.url).port),
  });
  const messages = [{ role: "user", content: "[tokens=1000000]" }];
  const body = JSON.stringify({ model: "m", stream: true, messages });
  await connection.write(
    new TextEncoder().encode(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        `content-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  await connection.read(new Uint8Array(64));
  assertEquals((await weir.stop()).code, 0);
  assertStringIncludes(weir.output(), `"code":"shutting_down"`);
});

Deno.test("an answer that is not streamed is waited for as well", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
  });
  const answers = CLIENT_APIS.map((api) => askIn(api, weir, { content: "[slow=600]" }));
  await provider.answered("open", 0, answers.length);
  weir.signal("SIGTERM");
  for (const [index, api] of CLIENT_APIS.entries()) {
    assertEquals(api.textOf(await (await answers[index])?.text() ?? ""), "hello world");
  }
  assertEquals((await weir.exited).code, 0);
});

for (
  const [first, second, code] of [["SIGTERM", "SIGTERM", 143], ["SIGTERM", "SIGINT", 130]] as const
) {
  Deno.test(`${second} after ${first} ends the process at once`, async () => {
    await using weir = await startProgram();
    await using socket = await openSocket(weir.url);
    const response = await openStream(weir, "[tokens=100000] [pace=25]");
    weir.signal(first);
    await weir.printed(/"message":"stopping"/);
    weir.signal(second);
    assertEquals((await weir.exited).code, code);
    await assertRejects(() => response.text());
    await socket.closed;
  });
}
