/**
 * The least that a WebSocket needs of a server: one that reads a head and knows of no other request.
 *
 * @module
 */

import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { HttpRequest, UpgradeOptions, WebSocketConnection } from "../../../src/core/http.ts";
import type { RawConnection, RawProtocol } from "../../../src/server/raw_connection.ts";
import { createOpenWebSocket } from "../../../src/server/websocket/open_websocket.ts";
import { realClock } from "../../support/real_clock.ts";

const HEAD_END = "\r\n\r\n";
const CUT_SHORT_MS = 200;

export interface TcpHost extends AsyncDisposable {
  readonly url: string;
}

/** @param serve Told of each WebSocket before it begins. */
export function startTcpHost(
  options: UpgradeOptions,
  serve: (socket: WebSocketConnection) => void,
): TcpHost {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const running: Promise<void>[] = [];
  const connections = new Set<Deno.Conn>();
  const accept = async (): Promise<void> => {
    for await (const connection of listener) {
      connections.add(connection);
      const done = serveConnection(connection, options, serve)
        .finally(() => connections.delete(connection));
      running.push(done);
    }
  };
  running.push(accept());
  return {
    url: `ws://127.0.0.1:${listener.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const connection of connections) close(connection);
      await Promise.all(running);
    },
  };
}

async function serveConnection(
  connection: Deno.Conn,
  options: UpgradeOptions,
  serve: (socket: WebSocketConnection) => void,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!text.includes(HEAD_END)) {
    const count = await connection.read(buffer);
    if (count === null) return close(connection);
    text += String.fromCharCode(...buffer.subarray(0, count));
  }
  const [head = "", rest = ""] = text.split(HEAD_END);
  const writer = new TcpWriter(connection);
  let protocol: RawProtocol;
  try {
    const opened = createOpenWebSocket(realClock)(requestOf(head), options);
    protocol = opened.protocol;
    serve(opened.socket);
    writer.write(headOf("101 Switching Protocols", opened.answer.headers));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    writer.write(headOf(`${error.status} No`, [["content-length", "0"]]));
    return close(connection);
  }
  protocol.begin(writer);
  await protocol.receive(Uint8Array.from(rest, (character) => character.charCodeAt(0)));
  try {
    for (
      let count = await connection.read(buffer);
      count !== null;
      count = await connection.read(buffer)
    ) {
      if (!writer.isEnded) await protocol.receive(buffer.subarray(0, count));
    }
  } catch {
    // It broke, or was closed.
  }
  close(connection);
  protocol.ended();
}

function requestOf(head: string): HttpRequest {
  const [line = "", ...fields] = head.split("\r\n");
  const headers = new Headers(fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  }));
  return {
    method: line.split(" ")[0] ?? "",
    target: line.split(" ")[1] ?? "",
    host: "",
    headers,
    body: null,
    lengthBytes: undefined,
    isSecure: false,
    peerAddress: "",
    signal: new AbortController().signal,
    upgrade: () => {
      throw new Error("Nobody asks for it");
    },
  };
}

function headOf(
  status: string,
  headers: Iterable<readonly [name: string, value: string]>,
): Uint8Array<ArrayBuffer> {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new TextEncoder().encode(`HTTP/1.1 ${status}\r\n${lines}\r\n`);
}

class TcpWriter implements RawConnection {
  bufferedBytes = 0;
  isEnded = false;
  readonly #connection: Deno.Conn;
  #writing: Promise<void> = Promise.resolve();

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    this.bufferedBytes += bytes.length;
    this.#writing = this.#writing.then(async () => {
      for (let position = 0; position < bytes.length;) {
        position += await this.#connection.write(bytes.subarray(position));
      }
      this.bufferedBytes -= bytes.length;
    }).catch(() => this.close());
    return this.#writing;
  }

  end(): void {
    this.isEnded = true;
    this.#writing
      .then(() => this.#connection.closeWrite())
      .catch(() => {})
      .finally(() => setTimeout(() => this.close(), CUT_SHORT_MS));
  }

  close(): void {
    this.isEnded = true;
    close(this.#connection);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed before.
  }
}
