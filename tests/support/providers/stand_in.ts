/**
 * What the stand-ins of providers share: a real socket, an ear for what arrives, and streams that
 * are written in pieces.
 *
 * @module
 */

import { type JsonObject, parseJsonObject } from "../../../src/core/text/json.ts";

export interface StandInRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  readonly headers: Headers;
  /** The body as it came. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The body; empty where it is no JSON object. */
  readonly json: JsonObject;
  /** By `performance.now()`. */
  readonly atMs: number;
}

export type AnswerStandIn = (request: StandInRequest) => Response | Promise<Response>;

/** A provider that is not the real one; `await using` ends it with the test. */
export interface StandIn extends AsyncDisposable {
  /** Address without a path. */
  readonly origin: string;
  readonly requests: readonly StandInRequest[];
  /** The requests to one path, oldest first. */
  received(path: string): readonly StandInRequest[];
  /** From now on it answers so. */
  answerBy(answer: AnswerStandIn): void;
}

/** Serves on a free port of the loopback address. */
export function serveStandIn(answer: AnswerStandIn): StandIn {
  let current = answer;
  const requests: StandInRequest[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.bytes();
      const received = {
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        body,
        json: parseJsonObject(new TextDecoder().decode(body)) ?? {},
        atMs: performance.now(),
      };
      requests.push(received);
      return await current(received);
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    received: (path) => requests.filter((request) => request.path === path),
    answerBy: (next) => {
      current = next;
    },
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

/** A server-sent stream: objects become `data:` events, texts stand as they are. */
export function eventStream(
  events: readonly (JsonObject | string)[],
  headers: Readonly<Record<string, string>> = {},
): Response {
  const blocks = events.map((event) =>
    typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`
  );
  return inPieces(blocks.map((block) => new TextEncoder().encode(block)), {
    "content-type": "text/event-stream",
    ...headers,
  });
}

/** Status 200 and a body that is written a piece at a time. */
export function inPieces(
  pieces: readonly Uint8Array[],
  headers: Readonly<Record<string, string>>,
): Response {
  const rest = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  return new Response(body, { headers });
}

/** The text of the last message, which is what a scene is chosen by. */
export function lastText({ messages }: JsonObject): string {
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  const content = (last as JsonObject | undefined)?.content;
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content as readonly JsonObject[] : [];
  return parts.map(({ text }) => text ?? "").join("");
}

/** Whether the model is to call a tool now: there are some, and none has answered yet. */
export function wantsToolCall({ tools, messages }: JsonObject): boolean {
  const last = Array.isArray(messages) ? messages.at(-1) as JsonObject | undefined : undefined;
  return Array.isArray(tools) && tools.length > 0 && last?.role === "user";
}
