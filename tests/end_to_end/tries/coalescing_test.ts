/** Identical calls that run at the same time share one upstream call. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CHAT_END,
  chatAnswer,
  chatEvent,
  type HandProvider,
  startHandProvider,
} from "../../support/hand_provider.ts";
import { API_PAIRS, askIn, CHAT_API, MESSAGES_API } from "../../support/client_api.ts";
import { type Program, startProgram } from "../../support/program.ts";

const start = (provider: HandProvider, env: Record<string, string> = {}) =>
  startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      COALESCE: "on",
      ...env,
    },
  });

function bodyOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { model: "m", temperature: 0, messages: [{ role: "user", content: "hi" }], ...fields };
}

function post(
  weir: Program,
  fields: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(bodyOf(fields)),
    signal,
  });
}

/** The same on a connection of its own, which ends when the test says so. */
async function connect(weir: Program, fields: Readonly<Record<string, unknown>>) {
  const { hostname, port } = new URL(weir.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const body = JSON.stringify(bodyOf(fields));
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: weir\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
  return { reader: connection.readable.getReader(), close: () => connection.close() };
}

/** How a stream begins and ends, by the provider's API. */
const BEGUN: Readonly<Record<string, string>> = {
  chat: chatEvent("a"),
  Messages: messageEvents(
    { type: "message_start", message: { id: "msg_1", content: [], usage: { input_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "a" } },
  ),
};
const ENDED: Readonly<Record<string, string>> = {
  chat: CHAT_END,
  Messages: messageEvents(
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
    { type: "message_stop" },
  ),
};
const MESSAGE = {
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: "own" }],
  stop_reason: "end_turn",
};

function messageEvents(
  ...events: readonly { readonly type: string; readonly [name: string]: unknown }[]
): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

type Bytes = ReadableStreamDefaultReader<Uint8Array>;

const readerOf = (response: Response): Bytes => response.body!.getReader();
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** Reads until what was read ends with `end`; a chunk of one side may be two of the other's. */
async function readUntil(reader: Bytes, end: string): Promise<string> {
  let text = "";
  while (!text.endsWith(end)) {
    const { value, done } = await reader.read();
    assert(!done, `ended after ${text}`);
    text += decode(value);
  }
  return text;
}

/** Reads what is left, up to the end mark. */
async function readRest(reader: Bytes): Promise<string> {
  const text = await readUntil(reader, "[DONE]\n\n");
  assert((await reader.read()).done);
  return text;
}

Deno.test("a client that comes later shares the stream from its beginning, byte for byte", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider);
  const pending = post(weir, { stream: true });
  const upstream = (await provider.next()).stream();
  upstream.write(chatEvent("a"));
  const first = readerOf(await pending);
  const begun = await readUntil(first, "\n\n");
  const response = await post(weir, { stream: true });
  assertEquals(response.headers.get("x-weir-attempts"), "0");
  assertEquals(response.headers.get("x-weir-upstream"), "openai");
  const second = readerOf(response);
  assertEquals(await readUntil(second, "\n\n"), begun);
  upstream.write(chatEvent("b") + CHAT_END);
  upstream.end();
  const rests = await Promise.all([first, second].map(readRest));
  assertEquals(rests[0], rests[1]);
  assertStringIncludes(rests[0] ?? "", `"content":"b"`);
  assertEquals(provider.received, 1);
  await weir.printed(/"outcome":"complete","attempts":0/);
});

Deno.test("each client leaves by itself, and the last one takes the upstream's call with it", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider);
  const client = new AbortController();
  const pending = post(weir, { stream: true }, client.signal);
  const request = await provider.next();
  const upstream = request.stream();
  upstream.write(chatEvent("a"));
  const first = readerOf(await pending);
  await readUntil(first, "\n\n");
  const second = await connect(weir, { stream: true });
  await readUntil(second.reader, `${chatEvent("a")}\r\n`);
  client.abort();
  await weir.printed(/"outcome":"client_gone"/);
  upstream.write(chatEvent("b"));
  await readUntil(second.reader, `${chatEvent("b")}\r\n`);
  second.close();
  await request.cancelled;
  await weir.printed(/("outcome":"client_gone"[\s\S]*){2}/);
});

Deno.test("a client that leaves alone before the answer begins cancels its call", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider);
  const first = new AbortController();
  post(weir, {}, first.signal).catch(() => {});
  const request = await provider.next();
  first.abort();
  await request.cancelled;
  await weir.printed(/"outcome":"client_gone"/);
  // A call that was given up is not joined any more.
  const next = post(weir);
  (await provider.next()).json(chatAnswer("another"));
  assertStringIncludes(await (await next).text(), "another");
});

Deno.test("whole answers are shared as well", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider);
  // Nothing tells that a call has joined; one that came too late for the first is sent by itself.
  for (let round = 0; round < 20; round++) {
    const first = post(weir, { seed: round });
    const request = await provider.next();
    provider.answerOthers((other) => other.json(chatAnswer("alone")));
    const second = post(weir, { seed: round });
    await (await fetch(`${weir.url}/healthz`)).text();
    request.json(chatAnswer("shared"));
    const texts = await Promise.all([first, second].map(async (call) => await (await call).text()));
    assertStringIncludes(texts[0] ?? "", "shared");
    if (texts[0] === texts[1]) return;
  }
  throw new Error("no call was shared");
});

Deno.test("an error comes as it is", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider, { MAX_RETRIES: "0" });
  const first = post(weir);
  const request = await provider.next();
  request.json(
    { error: { message: "Busy", type: "server_error", code: "busy", param: null } },
    503,
  );
  const response = await first;
  assertEquals([response.status, (await response.json()).error.code], [503, "busy"]);
});

Deno.test("what is not repeatable, or differs in a byte or a key, is sent by itself", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider);
  const shared = post(weir);
  const requests = [await provider.next()];
  const others = [
    { temperature: 0.1 },
    { temperature: undefined },
    { temperature: 0, user: "b" },
    { temperature: 0, stream: true },
    { temperature: undefined, seed: 1 },
  ].map((fields) => post(weir, fields));
  for (let count = 0; count < others.length; count++) requests.push(await provider.next());
  for (const request of requests) request.json(chatAnswer("own"));
  for (const response of await Promise.all([shared, ...others])) {
    assertEquals([response.status, response.headers.get("x-weir-attempts")], [200, "1"]);
    await response.body?.cancel();
  }
});

Deno.test("a client that reads far too slowly is ended with an error; the others are not kept waiting", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider, { COALESCE_MAX_BUFFER_BYTES: "65536" });
  const pending = post(weir, { stream: true });
  const upstream = (await provider.next()).stream();
  upstream.write(chatEvent("a"));
  const fast = readerOf(await pending);
  await readUntil(fast, "\n\n");
  const slow = readerOf(await post(weir, { stream: true }));
  await readUntil(slow, "\n\n");
  // More than what sockets on the way can hold.
  const piece = chatEvent("x".repeat(65_000));
  for (let count = 0; count < 400; count++) {
    upstream.write(piece);
    await readUntil(fast, "\n\n");
  }
  upstream.write(CHAT_END);
  upstream.end();
  await readRest(fast);
  let last = "";
  for (let read = await slow.read(); !read.done; read = await slow.read()) {
    last = (last + decode(read.value)).slice(-1_000);
  }
  const [, event = ""] = /\n\ndata: (\{.*\})\n\n$/.exec(last) ?? [];
  assertEquals(JSON.parse(event).error.code, "client_too_slow");
  await weir.printed(/"outcome":"client_gone","code":"client_too_slow"/);
});

Deno.test("without COALESCE every call is sent by itself", async () => {
  await using provider = startHandProvider();
  await using weir = await start(provider, { COALESCE: "off" });
  const calls = [post(weir), post(weir)];
  for (const _ of calls) (await provider.next()).json(chatAnswer("own"));
  for (const call of calls) {
    assertEquals((await (await call).json()).choices[0].message.content, "own");
  }
});

Deno.test("calls of Messages are shared as well, at a provider of either format, and never with chats", async () => {
  for (const { provider: format, settings } of API_PAIRS.slice(0, 2)) {
    await using provider = startHandProvider();
    const origin = provider.baseUrl.replace("/v1", "");
    await using weir = await startProgram({ env: { COALESCE: "on", ...settings(origin) } });
    const [message, chat] = [MESSAGES_API, CHAT_API].map((api) => (stream: boolean) =>
      askIn(api, weir, { content: "hi", stream, more: { temperature: 0 } })
    );
    const pending = message?.(true);
    const upstream = (await provider.next()).stream();
    upstream.write(BEGUN[format] ?? "");
    const first = await pending;
    const second = await message?.(true);
    assertEquals(second?.headers.get("x-weir-attempts"), "0");
    const alone = chat?.(false);
    (await provider.next()).json(format === "chat" ? chatAnswer("own") : MESSAGE);
    assertEquals((await alone)?.headers.get("x-weir-attempts"), "1");
    await (await alone)?.body?.cancel();
    upstream.write(ENDED[format] ?? "");
    upstream.end();
    const texts = await Promise.all([first, second].map((response) => response?.text()));
    assertEquals(texts[0], texts[1]);
    assert(texts[0]?.endsWith(MESSAGES_API.streamEnd), texts[0]);
    assertEquals(provider.received, 2);
  }
});
