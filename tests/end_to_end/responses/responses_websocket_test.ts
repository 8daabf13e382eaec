/** Responses over a WebSocket: one at a time, each going on from the last. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import {
  responseId,
  RESPONSES_KEY,
  RESPONSES_MODEL,
  startResponses,
} from "../../support/providers/responses.ts";
import { serveStandIn, type StandIn } from "../../support/providers/stand_in.ts";
import {
  type ClientOptions,
  type Message,
  openSocket,
  RefusedUpgrade,
  type SocketClient,
} from "../../support/socket_client.ts";

const PATH = "/v1/responses";

function connect(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  return openSocket(url, { path: PATH, ...options });
}

function isLast({ type }: Message): boolean {
  return /^(error|response\.(completed|incomplete|failed))$/.test(String(type));
}

/** Sends a request and resolves with its messages. */
async function make(socket: SocketClient, body: object): Promise<readonly Message[]> {
  const from = socket.messages.length;
  socket.send({ type: "response.create", ...body });
  await socket.received((message) => socket.messages.indexOf(message) >= from && isLast(message));
  return socket.messages.slice(from);
}

// deno-lint-ignore no-explicit-any -- Whatever the response holds, a test looks at it.
function responseOf(messages: readonly Message[]): any {
  return messages.at(-1)?.["response"];
}

/** The messages as the stream that they are. */
function asStream(messages: readonly Message[]): Uint8Array<ArrayBuffer> {
  const frames = messages.map((message) =>
    `event: ${message["type"]}\ndata: ${JSON.stringify(message)}\n\n`
  );
  return new TextEncoder().encode(frames.join(""));
}

/** A chat that answers with the number of messages that it was sent. */
function startCounting(): StandIn {
  return serveStandIn(({ json: { messages } }) => {
    const content = `${(messages as unknown[]).length} messages`;
    const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
    const choice = { index: 0, delta: { role: "assistant", content }, finish_reason: null };
    const end = { index: 0, delta: {}, finish_reason: "stop" };
    const events = [{ ...chunk, choices: [choice] }, { ...chunk, choices: [end] }];
    const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    return new Response(`${text}data: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream" },
    });
  });
}

/** A provider of Responses, of which the first answer has an event that says nothing at length. */
function startTalkative(characters: number): StandIn {
  let count = 0;
  return serveStandIn(() => {
    const response = { id: responseId(1), object: "response", model: "m", output: [] };
    const events = [
      { type: "response.created", response: { ...response, status: "in_progress" } },
      { type: "response.unheard_of", text: "x".repeat(count++ === 0 ? characters : 1) },
      { type: "response.completed", response: { ...response, status: "completed" } },
    ];
    return new Response(new TextDecoder().decode(asStream(events)), {
      headers: { "content-type": "text/event-stream" },
    });
  });
}

function textOf(messages: readonly Message[]): string {
  return responseOf(messages).output[0].content[0].text;
}

Deno.test("an event that is too long for a message is told, and does not end the connection", async () => {
  await using provider = startTalkative(10_000);
  const env = {
    UPSTREAM_TALKATIVE_BASE_URL: `${provider.origin}/v1`,
    UPSTREAM_TALKATIVE_FORMATS: "responses",
    MAX_EVENT_BYTES: "4096",
  };
  await using weir = await startProgram({ env });
  await using socket = await connect(weir.url);
  const { type, error } = (await make(socket, { model: "m", input: "a" })).at(-1)!;
  assertEquals([type, (error as Message)["code"]], ["error", "event_too_large"]);
  await weir.printed(/"message":"call".*"outcome":"upstream_error".*"code":"event_too_large"/);
  assertEquals((await make(socket, { model: "m", input: "b" })).at(-1)!.type, "response.completed");
});

Deno.test("responses go on from one another, whether or not they are kept", async () => {
  await using chat = startCounting();
  const env = { UPSTREAM_CHAT_BASE_URL: `${chat.origin}/v1`, RESPONSES_STORE: "off" };
  await using weir = await startProgram({ env });
  await using socket = await connect(weir.url);
  const prelude = await make(socket, { model: "m", input: "a", store: false, generate: false });
  assertEquals(checkResponsesStream(asStream(prelude)), []);
  assertEquals(responseOf(prelude).output, []);
  assertEquals(chat.requests.length, 0);
  const id = responseOf(prelude).id;
  const first = await make(socket, { model: "m", input: "b", previous_response_id: id });
  assertEquals(checkResponsesStream(asStream(first)), []);
  assertEquals(textOf(first), "2 messages");
  assertEquals(responseOf(first).previous_response_id, id);
  const next = { model: "m", input: "c", previous_response_id: responseOf(first).id };
  const second = await make(socket, next);
  assertEquals(textOf(second), "4 messages");
  // Only the last is remembered, as nothing is kept.
  const [lost] = await make(socket, next);
  assertEquals([lost?.type, lost?.status, (lost?.error as Message).code], [
    "error",
    400,
    "previous_response_not_found",
  ]);
  await weir.printed(/"message":"call".*"surface":"responses".*"outcome":"complete"/);
});

Deno.test("what a provider keeps goes on, too, and its events pass", async () => {
  await using provider = startResponses();
  const env = { OPENAI_API_KEY: RESPONSES_KEY, OPENAI_BASE_URL: `${provider.origin}/v1` };
  await using weir = await startProgram({ env });
  await using socket = await connect(weir.url, { headers: { "openai-beta": "sockets=1" } });
  const first = await make(socket, { model: RESPONSES_MODEL, input: "a", store: false });
  assertEquals(checkResponsesStream(asStream(first)), []);
  const { id } = responseOf(first);
  assertEquals(id, responseId(1));
  await make(socket, {
    model: RESPONSES_MODEL,
    input: "b",
    store: false,
    previous_response_id: id,
  });
  const { json, headers } = provider.requests.at(-1) ?? {};
  assertEquals([json?.stream, json?.type, json?.previous_response_id], [
    true,
    undefined,
    undefined,
  ]);
  assertEquals((json?.input as unknown[]).length, 3);
  assertEquals(headers?.get("openai-beta"), null);
});

Deno.test("one response is made at a time, and the connection's end ends it", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({ env: { UPSTREAM_LAB_BASE_URL: provider.baseUrl } });
  await using socket = await connect(weir.url);
  socket.send({ type: "response.create", model: "m", input: "[tokens=500] [pace=20]" });
  await socket.received(({ type }) => type === "response.output_text.delta");
  socket.send({ type: "response.create", model: "m", input: "b" });
  const refused = await socket.received(({ type }) => type === "error");
  assertEquals((refused.error as Message).code, "response_in_progress");
  socket.socket.close();
  await provider.answered("cancelled");
});

Deno.test("what goes wrong is an event with its status, and the connection goes on", async () => {
  await using provider = startProvider();
  const env = { UPSTREAM_LAB_BASE_URL: provider.baseUrl, MAX_RETRIES: "0" };
  await using weir = await startProgram({ env });
  await using socket = await connect(weir.url);
  const cases: readonly (readonly [object | string, number, string])[] = [
    ["{", 400, "invalid_json"],
    [{ type: "response.cancel" }, 400, "invalid_value"],
    [{ type: "response.create", input: "a" }, 400, "missing_required_parameter"],
    [{ type: "response.create", model: "m", background: true }, 400, "unsupported_parameter"],
    [{ type: "response.create", model: "m", input: "[429]" }, 429, "rate_limit_exceeded"],
    [{ type: "response.create", model: "m", input: "[500]" }, 500, "upstream_error"],
  ];
  for (const [message, status, code] of cases) {
    const from = socket.messages.length;
    socket.send(message);
    await socket.received((received) => socket.messages.indexOf(received) >= from);
    const told = socket.messages[from];
    assertEquals([told?.type, told?.status], ["error", status], JSON.stringify(told));
    assertEquals((told?.error as Message).code, code, JSON.stringify(told));
  }
  const failed = await make(socket, { model: "m", input: "[cut=3]" });
  assertEquals(failed.at(-1)?.type, "response.failed");
  assertEquals(
    (await make(socket, { model: "m", input: "hi" })).at(-1)?.type,
    "response.completed",
  );
});

Deno.test("a message that is too long is refused as any other, and not without end", async () => {
  await using weir = await startProgram({ env: { FAKE: "on", WS_MAX_MESSAGE_BYTES: "1024" } });
  await using socket = await connect(weir.url);
  for (let count = 0; count < 20; count++) socket.send("x".repeat(2_000));
  assertEquals((await socket.closed).code, 1008);
  assertEquals(socket.messages.length, 20);
  for (const { status } of socket.messages) assertEquals(status, 413);
  await weir.printed(/"path":"\/v1\/responses","status":413,"outcome":"refused"/);
});

Deno.test("keys are asked for, and a page of another origin is kept out", async () => {
  const env = { FAKE: "on", PROXY_API_KEY: "k".repeat(20), CORS_ORIGINS: "https://app.example" };
  await using weir = await startProgram({ env });
  const refused = await assertRejects(() => connect(weir.url), RefusedUpgrade);
  assertEquals(refused.status, 401);
  const headers = { authorization: `Bearer ${"k".repeat(20)}` };
  const foreign = { ...headers, origin: "https://elsewhere.example" };
  const page = await assertRejects(() => connect(weir.url, { headers: foreign }), RefusedUpgrade);
  assertEquals(page.status, 403);
  await using socket = await connect(weir.url, { headers });
  assertEquals(
    (await make(socket, { model: "m", input: "hi" })).at(-1)?.type,
    "response.completed",
  );
});

Deno.test("where they are off, 426 is answered at once", async () => {
  await using weir = await startProgram({ env: { FAKE: "on", RESPONSES_WEBSOCKET: "off" } });
  const refused = await assertRejects(() => connect(weir.url), RefusedUpgrade);
  assertEquals([refused.status, (refused.body.error as Message).code], [426, "websocket_off"]);
});

Deno.test("a stop waits for the response that is being made, and closes the rest", async () => {
  await using weir = await startProgram({ env: { FAKE: "on" } });
  await using idle = await connect(weir.url);
  await using busy = await connect(weir.url);
  busy.send({ type: "response.create", model: "m", input: "[tokens=20] [pace=25]" });
  await busy.received(({ type }) => type === "response.output_text.delta");
  const stopped = weir.stop();
  assertEquals((await idle.closed).code, 1001);
  assertEquals((await busy.received(isLast)).type, "response.completed");
  assertEquals((await busy.closed).code, 1001);
  assert((await stopped).success);
});
