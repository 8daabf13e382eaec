import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Call, Exchange } from "../../../src/core/call.ts";
import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { AnswerSink, StreamedAnswer } from "../../../src/core/http/http.ts";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import {
  openrouterSocket,
  openrouterSocketErrors,
} from "../../../src/formats/openrouter_socket/mod.ts";
import type { RequestContext } from "../../../src/surfaces/request/request_context.ts";
import { OpenSockets } from "../../../src/surfaces/openrouter/socket/open_sockets.ts";
import { webSocketOptions } from "../../../src/surfaces/openrouter/socket/options.ts";
import type { ConnectionSummary } from "../../../src/surfaces/openrouter/socket/socket_connection.ts";
import { inferenceRequest } from "../../support/socket_client.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { FakeSocket } from "./fake_socket.ts";

const HEARTBEAT_MS = 30_000;
/** What a format yields, which knows of no id. */
const PIECE = `{"type":"inference_response","data":{"content":"x"}}\n`;
const FINAL = `{"type":"inference_response","data":{"content":"","finish_reason":"stop"}}\n`;

const context: RequestContext = {
  id: "connection",
  peerAddress: "192.0.2.1",
  principal: ANONYMOUS,
  account: "192.0.2.1",
  arrivedMs: 0,
  headers: [],
  call: undefined,
  error: undefined,
};

/** An answer that the test writes. */
interface Written {
  readonly call: Call;
  /** Set once somebody wants it. */
  sink: AnswerSink | undefined;
  isCancelled: boolean;
}

function start(admitRequest: () => void | Promise<void> = () => {}) {
  const clock = new ManualClock();
  const answers: Written[] = [];
  const refused: (readonly [id: string, code: string])[] = [];
  const exchange: Exchange = (call) =>
    new Promise((resolve, reject) => {
      call.signal.addEventListener("abort", () => reject(new GatewayError("client_closed", "")));
      const written: Written = { call, sink: undefined, isCancelled: false };
      answers.push(written);
      const body: StreamedAnswer = {
        start: (sink) => void (written.sink = sink),
        cancel: () => void (written.isCancelled = true),
      };
      const answer = { status: 200, headers: new AnswerHeaders(), body };
      resolve({ answer, outcome: new Promise(() => {}) });
    });
  const sockets = new OpenSockets();
  const ended: ConnectionSummary[] = [];
  sockets.configure({
    exchange,
    formats: {
      request: openaiChat.request,
      answer: openrouterSocket,
      error: openrouterSocketErrors,
    },
    options: webSocketOptions.parse({ heartbeatIntervalMs: HEARTBEAT_MS }),
    jsonLimits: { maxJsonDepth: 100, maxJsonKeys: 1_000, maxJsonValues: 1_000 },
    requestTimeoutMs: 1_000,
    admitRequest,
    recordRefusal: (context, error) => refused.push([context.id, error.code]),
    record: (summary) => ended.push(summary),
    clock,
  });
  const socket = new FakeSocket();
  sockets.add(socket, { context, headers: new Headers(), target: "" });
  return { clock, sockets, socket, answers, ended, refused };
}

function write({ sink }: Written, text: string): void {
  sink?.write(new TextEncoder().encode(text));
}

function finish(answer: Written): void {
  write(answer, FINAL);
  answer.sink?.end();
}

/** Lets everything happen that waits for nothing outside. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("a request that is cancelled once its last word was sent has no second end", async () => {
  const { socket, answers } = start();
  socket.receive(inferenceRequest("a", "hi"));
  await settle();
  write(answers[0]!, PIECE);
  finish(answers[0]!);
  socket.receive({ type: "cancel", id: "a" });
  assertEquals(socket.sent.map(({ type, id }) => [type, id]), [
    ["inference_response", "a"],
    ["inference_response", "a"],
    ["error", null],
  ]);
});

Deno.test("a request that is kept out, or of which no call can be made, is recorded once", async () => {
  const { socket, answers, refused } = start(() => {
    if (socket.sent.length === 0) throw new GatewayError("rate_limited", "Too many");
  });
  socket.receive(inferenceRequest("kept out", "hi"));
  await settle();
  socket.receive({ type: "inference_request", id: "no call", data: { model: 7 } });
  await settle();
  socket.receive(inferenceRequest("let in", "hi"));
  await settle();
  assertEquals(refused.map(([id, code]) => [id.slice(-2), code]), [
    ["-1", "rate_limited"],
    ["-2", "invalid_value"],
  ]);
  assertEquals(answers.length, 1);
});

Deno.test("a message that is turned away before anything is made of it is recorded, too", async () => {
  const { sockets, socket, answers, refused } = start();
  socket.receive(inferenceRequest("runs", "hi"));
  await settle();
  socket.receive(inferenceRequest("runs", "hi"));
  socket.receive({ type: "no such type" });
  void sockets.stop();
  socket.receive(inferenceRequest("too late", "hi"));
  await settle();
  assertEquals(refused.map(([id, code]) => [id.slice(-2), code]), [
    ["-2", "duplicate_id"],
    ["-3", "invalid_value"],
    ["-4", "shutting_down"],
  ]);
  assertEquals(answers.length, 1);
});

Deno.test("nothing of a cancelled answer is sent, whenever it is cancelled", async () => {
  let letIn = () => {};
  const { socket, answers } = start(() => new Promise<void>((resolve) => letIn = resolve));
  socket.receive(inferenceRequest("being let in", "hi"));
  socket.receive({ type: "cancel", id: "being let in" });
  letIn();
  await settle();
  socket.receive(inferenceRequest("about to begin", "hi"));
  letIn();
  await Promise.resolve();
  socket.receive({ type: "cancel", id: "about to begin" });
  socket.receive(inferenceRequest("begun", "hi"));
  letIn();
  await settle();
  socket.receive({ type: "cancel", id: "begun" });
  await settle();
  assertEquals(socket.sent.map(({ type, id }) => [type, id]), [
    ["cancelled", "being let in"],
    ["cancelled", "about to begin"],
    ["cancelled", "begun"],
  ]);
  assert(answers.every(({ isCancelled, call }) => isCancelled || call.signal.aborted));
});

Deno.test("a stream that breaks off is an error, once", async () => {
  const { socket, answers } = start();
  socket.receive(inferenceRequest("a", "hi"));
  await settle();
  write(answers[0]!, PIECE);
  answers[0]!.sink?.abort();
  await settle();
  answers[0]!.sink?.end();
  assertEquals(socket.sent.map(({ type, id }) => [type, id]), [
    ["inference_response", "a"],
    ["error", "a"],
  ]);
});

Deno.test("each message that leaves at once is one of its own, with the id of its request", async () => {
  const { socket, answers } = start();
  const id = 'a "quoted" Zürich';
  socket.receive(inferenceRequest(id, "hi"));
  await settle();
  write(answers[0]!, PIECE + PIECE.replace("x", "Zürich"));
  finish(answers[0]!);
  assertEquals(socket.sent, [
    { id, type: "inference_response", data: { content: "x" } },
    { id, type: "inference_response", data: { content: "Zürich" } },
    { id, type: "inference_response", data: { content: "", finish_reason: "stop" } },
  ]);
});

Deno.test("an answer waits for a client that is behind, before it begins and after", async () => {
  const { socket, answers } = start();
  for (let sent = 0; sent < 800; sent++) socket.receive({ type: "heartbeat", id: "x".repeat(150) });
  assert(socket.bufferedBytes > 10_000);
  while (socket.bufferedBytes <= 65_536) socket.receive({ type: "cancel", id: "x" });
  socket.receive(inferenceRequest("a", "hi"));
  await settle();
  assertEquals(answers[0]!.sink, undefined);
  socket.drain();
  await settle();
  const text = JSON.stringify("x".repeat(70_000));
  const room = answers[0]!.sink?.write(
    new TextEncoder().encode(`{"type":"inference_response","data":{"content":${text}}}\n`),
  );
  assert(room !== undefined);
  socket.drain();
  await room;
});

Deno.test("a client that answers each heartbeat with one of its own finds an end", () => {
  const { clock, socket } = start();
  clock.advance(HEARTBEAT_MS);
  for (let answered = 0; answered < socket.sent.length && answered < 10_000; answered++) {
    socket.drain();
    socket.receive({ type: "heartbeat", timestamp: 1 });
  }
  assertEquals(socket.sent.length, 101);
});

Deno.test("no heartbeat is sent to a client that has not read what was sent before", () => {
  const { clock, socket } = start();
  clock.advance(HEARTBEAT_MS);
  clock.advance(HEARTBEAT_MS / 2);
  assertEquals(socket.sent.length, 1);
  clock.advance(HEARTBEAT_MS / 2);
  assertEquals(socket.closedWith?.[0], 1008);
  assertEquals(socket.sent.map(({ type }) => type), ["heartbeat", "close"]);
});

Deno.test("a connection that is gone is forgotten, with the code of its end", () => {
  const { sockets, socket, ended, clock } = start();
  socket.leave(1006);
  assertEquals(ended.map(({ closeCode }) => closeCode), [1006]);
  assertEquals([sockets.size, clock.pending], [0, 0]);
});

Deno.test("a message that was too large to be kept is an error, and a mistake among others", () => {
  const { socket } = start();
  for (let mistakes = 0; mistakes < 20; mistakes++) socket.onOversized();
  const { type, id, error } = socket.sent[0] ?? {};
  assertEquals([type, id], ["error", null]);
  assert(isJsonObject(error));
  assertEquals(error.code, 413);
  assertMatch(String(error.message), /larger than 52428800 bytes/);
  assertEquals(socket.closedWith?.[0], 1008);
});

Deno.test("a client that does not answer a close keeps its place, because it keeps its memory", async () => {
  const { sockets, socket, answers, ended } = start();
  socket.receive(inferenceRequest("a", "hi"));
  await settle();
  socket.receive({ type: "close" });
  await settle();
  assert(answers[0]!.isCancelled);
  assertEquals([ended.length, sockets.size], [1, 1]);
  socket.receive(inferenceRequest("b", "hi"));
  await settle();
  assertEquals(answers.length, 1);
  socket.leave(1006);
  assertEquals([ended.length, sockets.size], [1, 0]);
});

Deno.test("a stop does not wait for ever for a client that does not say goodbye", async () => {
  const { sockets, socket, clock } = start();
  let isStopped = false;
  const stopping = sockets.stop().then(() => isStopped = true);
  await settle();
  assertEquals([socket.closedWith?.[0], isStopped], [1001, false]);
  clock.advance(1_000);
  await stopping;
});
