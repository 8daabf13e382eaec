/** Traces, as a collector receives them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHAT_END, chatEvent, startHandProvider } from "../../support/hand_provider.ts";
import { drawTrace, type ReceivedSpan, startOtlpReceiver } from "../../support/otlp_receiver.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { openSocket } from "../../support/socket_client.ts";
import { ask, post, twoTargets } from "../../support/two_targets.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const CLIENT_SPAN_ID = "b7ad6b7169203331";

const [INTERNAL, SERVER, CLIENT] = [1, 2, 3];

/** The trace of the first test for people to read: `deno task trace`. */
const TRACE_FILE = new URL("../../../dist/tests/trace.txt", import.meta.url);

/** Returns what it writes. */
async function writeTrace(spans: readonly ReceivedSpan[], lastByteMs: number): Promise<string> {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const lastByte = `The client had read the last byte at ${(lastByteMs - startMs).toFixed(0)} ms.`;
  const text = `${drawTrace(spans)}\n\n${lastByte}\n`;
  await Deno.mkdir(new URL(".", TRACE_FILE), { recursive: true });
  await Deno.writeTextFile(TRACE_FILE, text);
  return text;
}

/** Those of calls and of requests upstream, and not those of the requests that came. */
const isOurs = ({ scope, kind }: ReceivedSpan): boolean => scope === "weir" && kind !== SERVER;

/** Fails the first request, and answers those that follow. */
function failOnce(status: number): (body: string) => string {
  let hasFailed = false;
  return (body) => {
    if (!body.includes("[fail]")) return body;
    const prompt = body.replace("[fail]", hasFailed ? "" : `[${status}]`);
    hasFailed = true;
    return prompt;
  };
}

Deno.test("a stream with a fallback and a retry is one trace, which ends after the last byte", async () => {
  await using collector = startOtlpReceiver();
  await using first = startProvider(0, failOnce(500));
  await using second = startProvider(0, failOnce(503));
  const env = twoTargets(first, second, {
    ...collector.env,
    MAX_RETRIES: "3",
    BASE_RETRY_DELAY: "0.001",
  });
  await using weir = await startProgram({ env });
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "traceparent": `00-${TRACE_ID}-${CLIENT_SPAN_ID}-01`,
      "x-request-id": "traced",
    },
    body: JSON.stringify({
      model: "both",
      stream: true,
      messages: [{ role: "user", content: "[fail] [tokens=10] [pace=100]" }],
    }),
  });
  assertMatch(await response.text(), /\[DONE\]/);
  const lastByteMs = Date.now();
  const received = await collector.received(({ traceId }) => traceId === TRACE_ID, 5);
  const trace = await writeTrace(received, lastByteMs);
  const server = received.find(({ kind }) => kind === SERVER);
  const [call, ...none] = received.filter((span) => isOurs(span) && span.kind === INTERNAL);
  const attempts = received.filter((span) => isOurs(span) && span.kind === CLIENT)
    .toSorted((left, right) => left.startMs - right.startMs);
  assertEquals(none, [], trace);
  assert(server !== undefined && call !== undefined, trace);

  // Who called whom.
  assertEquals(server.parentSpanId, CLIENT_SPAN_ID, trace);
  assertEquals(call.parentSpanId, server.spanId, trace);
  assertEquals(attempts.map(({ parentSpanId }) => parentSpanId), Array(3).fill(call.spanId));
  const [failed, fallback, retry] = attempts;
  assertEquals([failed?.name, fallback?.name], ["chat first", "chat second"], trace);
  assertEquals(attempts.map(({ hasFailed }) => hasFailed), [true, true, false], trace);
  const statuses = attempts.map(({ attributes }) => attributes["http.response.status_code"]);
  assertEquals(statuses, [500, 503, 200], trace);
  assertEquals(typeof fallback?.attributes["error.type"], "string");

  // What the call was.
  assertEquals([call.name, call.hasFailed], ["chat both", false], trace);
  const { attributes } = call;
  assertEquals(attributes["gen_ai.request.stream"], true);
  assertEquals(attributes["gen_ai.response.model"], "fake-model");
  assertEquals(attributes["gen_ai.usage.output_tokens"], 10);
  assertEquals(attributes["gen_ai.provider.name"], retry?.attributes["gen_ai.provider.name"]);
  assertEquals([attributes["weir.attempts"], attributes["weir.outcome"]], [3, "complete"]);
  assertEquals(attributes["weir.request_id"], "traced");

  // A stream of ten tokens, 100 ms each, goes on long after its headers.
  const sinceHeadersMs = call.endMs - server.endMs;
  assert(sinceHeadersMs > 100, trace);
  assert(call.endMs - (retry?.startMs ?? 0) > 100, trace);

  // Each request told its provider which span it belongs to.
  const parents = [first, second].flatMap(({ requests }) =>
    requests.filter(({ path }) => path.endsWith("/completions"))
      .map(({ headers }) => headers.get("traceparent"))
  );
  const expected = attempts.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`);
  assertEquals(parents.toSorted(), expected.toSorted());
  await weir.printed(new RegExp(`"request_id":"traced","trace_id":"${TRACE_ID}"`));
});

Deno.test("the spans of a stream end after its last byte, by the collector's clock", async () => {
  await using collector = startOtlpReceiver();
  await using provider = startHandProvider();
  const env = {
    ...collector.env,
    UPSTREAM_HAND_BASE_URL: provider.baseUrl,
    DEFAULT_UPSTREAM: "hand",
  };
  await using weir = await startProgram({ env });
  const answering = post(weir, { model: "m", content: "hi", stream: true });
  const stream = (await provider.next()).stream();
  stream.write(chatEvent("one"));
  const reader = (await answering).body!.getReader();
  await reader.read();
  const lastByteMs = Date.now();
  stream.write(CHAT_END);
  stream.end();
  while (!(await reader.read()).done);
  for (const span of await collector.received(isOurs, 2)) {
    assert(span.endMs >= lastByteMs, drawTrace(collector.spans));
  }
});

Deno.test("failed calls, and those of a WebSocket, have spans that say so", async () => {
  await using collector = startOtlpReceiver();
  await using provider = startProvider();
  const env = {
    ...collector.env,
    OPENAI_API_KEY: "sk-upstream",
    OPENAI_BASE_URL: provider.baseUrl,
    MAX_RETRIES: "0",
  };
  await using weir = await startProgram({ env });
  assertEquals((await ask(weir, "m", "[400]")).status, 400);
  assertMatch((await ask(weir, "m", "[cut=3]", true)).text, /"error"/);
  const gone = await post(weir, { model: "m", content: "[tokens=999] [pace=20]", stream: true });
  await gone.body?.cancel();
  await using socket = await openSocket(weir.url);
  socket.ask("one", "hello");
  await socket.ended("one");
  const spans = await collector.received(isOurs, 8);
  const calls = spans.filter(({ kind }) => kind === INTERNAL);
  const outcomes = calls.map(({ attributes }) => attributes["weir.outcome"]);
  assertEquals(outcomes.toSorted(), ["client_gone", "complete", "truncated", "upstream_error"]);
  for (const { hasFailed, attributes, name } of calls) {
    const isComplete = attributes["weir.outcome"] === "complete";
    assertEquals([hasFailed, attributes["error.type"] === undefined], [!isComplete, isComplete]);
    assertEquals(name, isComplete ? "chat any-model" : "chat");
  }
  const cut = calls.find(({ attributes }) => attributes["weir.outcome"] === "truncated");
  const attempt = spans.find(({ parentSpanId }) => parentSpanId === cut?.spanId);
  assertEquals([attempt?.hasFailed, attempt?.attributes["http.response.status_code"]], [
    true,
    200,
  ]);
  assertEquals(JSON.stringify(collector.spans).includes("sk-upstream"), false);
});

Deno.test("nobody is told of a trace where traces are off", async () => {
  await using provider = startProvider();
  const env = { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl };
  await using weir = await startProgram({ env });
  await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "traceparent": `00-${TRACE_ID}-${CLIENT_SPAN_ID}-01`,
    },
    body: `{"model":"m","messages":[{"role":"user","content":"hello"}]}`,
  }).then((response) => response.text());
  assertEquals(provider.requests.at(-1)?.headers.get("traceparent"), null);
  await weir.stop();
  assertEquals(weir.output().includes("trace_id"), false);
});

Deno.test("spans that wait are sent when the program stops, and have no prompt, answer or key", async () => {
  await using collector = startOtlpReceiver();
  await using provider = startProvider();
  const secrets = { PROXY_API_KEY: "planted-weir-key", OPENAI_API_KEY: "sk-planted-provider-key" };
  await using weir = await startProgram({
    env: {
      ...collector.env,
      ...secrets,
      WORKERS: "2",
      OTEL_BSP_SCHEDULE_DELAY: "600000",
      // As it comes without a setting.
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20planted-collector-key,x-scope=weir",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=planted-environment",
      OPENAI_BASE_URL: provider.baseUrl,
      MAX_RETRIES: "0",
    },
  });
  const ask = (path: string, headers: Record<string, string>, content: string, model = "m") =>
    fetch(weir.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
    }).then((response) => response.text());
  const key = { authorization: `Bearer ${secrets.PROXY_API_KEY}` };
  assertMatch(await ask("/v1/chat/completions", key, "planted-prompt [echo]"), /planted-prompt/);
  assertMatch(await ask("/v1/chat/completions", key, "planted-prompt [401]"), /error/);
  const query = `?key=${secrets.PROXY_API_KEY}`;
  assertMatch(await ask(`/v1/chat/completions${query}`, {}, "planted-prompt"), /hello world/);
  await ask("/v1/chat/completions", key, "planted-prompt", `m-${secrets.OPENAI_API_KEY}`);
  await weir.stop();
  const text = collector.bodies.join("");
  assertEquals(collector.headers.get("content-type"), "application/x-protobuf");
  assertEquals(collector.headers.get("authorization"), "Basic planted-collector-key");
  for (const word of ["chat m", "upstream_error", "planted-environment"]) {
    assert(text.includes(word), word);
  }
  const planted = text.match(/planted-(?!environment)[\w-]+|hello world/g);
  assertEquals(planted, null);
});

Deno.test("a collector that is away costs a line in the log, and nothing else", async () => {
  await using weir = await startProgram({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      OTEL_BSP_SCHEDULE_DELAY: "1",
      OTEL_EXPORTER_OTLP_TIMEOUT: "50",
    },
  });
  assertEquals((await ask(weir, "m", "hi")).status, 200);
  await weir.printed(/"level":"WARN","message":"trace export failed".*"cause":"[^"]+"/);
  assertEquals((await weir.stop()).code, 0);
});
