/**
 * A client of Weir's WebSocket, on the package that most programs outside of browsers use.
 *
 * @module
 */

// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { isJsonObject, type JsonObject } from "../../src/core/text/json.ts";

/** A message of the server, parsed. */
export type Message = JsonObject;

export interface SocketClient extends AsyncDisposable {
  readonly socket: WebSocket;
  /** Name of the subprotocol that the server has selected; empty where it has none. */
  readonly protocol: string;
  /** All messages so far, oldest first. */
  readonly messages: readonly Message[];
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Objects are sent as JSON. */
  send(message: object | string | Uint8Array): void;
  /** Sends a request whose prompt is `prompt`; `data` replaces members of its data. */
  ask(id: string, prompt: string, data?: JsonObject): void;
  /** Resolves with the first message that matches, earlier ones included. */
  received(match: (message: Message) => boolean): Promise<Message>;
  /** Resolves with the message that ends a request. */
  ended(id: string): Promise<Message>;
  /** The content of all messages of a request, joined. */
  contentOf(id: string): string;
}

export interface ClientOptions {
  readonly protocols?: readonly string[];
  /** `/ws` where left out. */
  readonly path?: string;
  /** Of the address, with its question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for a message. */
  readonly waitMs?: number;
  /** Reads a message, where it may be no JSON to the letter. */
  readonly parse?: (text: string) => unknown;
}

/** An upgrade that was answered with something else. */
export class RefusedUpgrade extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: JsonObject;

  constructor(status: number, headers: RefusedUpgrade["headers"], body: JsonObject) {
    super(`The upgrade was answered with ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** @param url Weir's own address. Rejects with `RefusedUpgrade`. */
export async function openSocket(
  url: string,
  {
    protocols = [],
    headers = {},
    path = "/ws",
    query = "",
    waitMs = 10_000,
    parse = JSON.parse,
  }: ClientOptions = {},
): Promise<SocketClient> {
  const address = `${url.replace("http", "ws")}${path}${query}`;
  const socket = new WebSocket(address, [...protocols], { headers });
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    const message: unknown = parse(String(data));
    if (!isJsonObject(message)) throw new Error(`Not a message: ${data}`);
    messages.push(message);
    for (const look of waiting) look();
  });
  socket.on("error", () => {}); // Its close tells as well.
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }))
  );
  await opened(socket);
  const received: SocketClient["received"] = (match) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`No such message in time: ${JSON.stringify(messages)}`)),
        waitMs,
      );
      const look = (): void => {
        const found = messages.find(match);
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      closed.then(() => {
        clearTimeout(timer);
        reject(new Error(`Closed without such a message: ${JSON.stringify(messages)}`));
      });
    });
  const send: SocketClient["send"] = (message) =>
    socket.send(
      typeof message === "string" || message instanceof Uint8Array
        ? message
        : JSON.stringify(message),
    );
  return {
    socket,
    protocol: socket.protocol,
    messages,
    closed,
    send,
    ask: (id, prompt, data = {}) => send(inferenceRequest(id, prompt, data)),
    received,
    ended: (id) => received((message) => message.id === id && isEnd(message)),
    contentOf: (id) =>
      messages.filter((message) => message.id === id)
        .map(({ data }) => isJsonObject(data) ? data.content : "").join(""),
    [Symbol.asyncDispose]: async () => {
      if (socket.readyState !== WebSocket.CLOSED) socket.terminate();
      await closed;
    },
  };
}

export function inferenceRequest(id: string, prompt: string, data: JsonObject = {}): JsonObject {
  const messages = [{ role: "user", content: prompt }];
  return { type: "inference_request", id, data: { model: "any-model", messages, ...data } };
}

/** Whether a message ends the request whose id it has. */
export function isEnd({ type, data }: Message): boolean {
  return type === "error" || type === "cancelled" ||
    (type === "inference_response" && isJsonObject(data) && data.finish_reason !== null);
}

async function opened(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("close", () => reject(new Error("The connection was closed before it was open")));
    socket.once("unexpected-response", (_request, response) => {
      const pieces: Uint8Array[] = [];
      response.on("data", (piece: Uint8Array) => pieces.push(piece));
      response.on("end", async () => {
        const text = await new Blob(pieces.map((piece) => new Uint8Array(piece))).text();
        reject(new RefusedUpgrade(response.statusCode ?? 0, response.headers, JSON.parse(text)));
        socket.terminate();
      });
    });
  });
}
