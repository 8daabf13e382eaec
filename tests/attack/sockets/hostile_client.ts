/** A client that opens a socket, sends bytes as they are, and reads what comes until there is no more. */

import { assert } from "@std/assert";
import { send } from "../../server/support/raw_client.ts";
import { join, readServerFrames, type ServerFrame } from "../../support/websocket_frames.ts";
import { textOf } from "../../transport/raw_server.ts";
import { SECRETS } from "../judge.ts";

export interface SocketAnswer {
  readonly head: string;
  /** The texts that came. */
  readonly messages: readonly string[];
  /** Of the close frame; 0 where none came. */
  readonly code: number;
  /** Whether the server answered a ping behind the attack, or closed. */
  readonly isHeard: boolean;
}

const [TEXT, CLOSE, PONG] = [1, 8, 10] as const;
const WAIT_MS = 60_000;
/** Behind the attack, by which one knows that all of it was read. */
const LAST_PING = "\x89\x84\0\0\0\0last";

export function upgradeOf(path: string, headers: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`,
    "host: weir",
    "upgrade: websocket",
    "connection: Upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    `authorization: Bearer ${SECRETS.client}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** @param isAnswered Whether the server is to be waited for: it answers a ping, or closes. */
export async function attackSocket(
  url: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  isAnswered: boolean,
): Promise<SocketAnswer> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const reader = new SocketReader(connection);
  await send(connection, upgradeOf(path));
  await reader.readUntil(({ head }) => head !== "");
  assert(reader.head.startsWith("HTTP/1.1 101 "), reader.head);
  await send(connection, bytes).catch(() => {});
  if (isAnswered) {
    await send(connection, LAST_PING).catch(() => {});
    await reader.readUntil(({ frames }) =>
      frames.some(({ opcode, payload }) =>
        opcode === CLOSE || opcode === PONG && textOf(payload) === "last"
      )
    );
  }
  return reader.answer();
}

class SocketReader {
  head = "";
  readonly frames: ServerFrame[] = [];
  #hasEnded = false;
  #rest = new Uint8Array(0);
  readonly #connection: Deno.Conn;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Reads until that holds, or the connection ends. */
  async readUntil(holds: (reader: SocketReader) => boolean): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#connection.close();
    }, WAIT_MS);
    const buffer = new Uint8Array(65_536);
    while (!this.#hasEnded && !holds(this)) {
      const count = await this.#connection.read(buffer).catch(() => null);
      if (count === null) this.#hasEnded = true;
      else this.#take(buffer.subarray(0, count));
    }
    clearTimeout(timer);
    assert(!isLate, "The server neither answered nor closed in time");
  }

  #take(bytes: Uint8Array): void {
    let all = join(this.#rest, bytes);
    if (this.head === "") {
      const end = textOf(all).indexOf("\r\n\r\n");
      if (end >= 0) {
        this.head = textOf(all.subarray(0, end));
        all = all.slice(end + 4);
      }
    }
    if (this.head !== "") {
      const { frames, rest } = readServerFrames(all);
      this.frames.push(...frames);
      all = rest;
    }
    this.#rest = all;
  }

  answer(): SocketAnswer {
    const closed = this.frames.find(({ opcode }) => opcode === CLOSE);
    const [high = 0, low = 0] = closed?.payload ?? [];
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return {
      head: this.head,
      messages: this.frames.filter(({ opcode }) => opcode === TEXT)
        .map(({ payload }) => decoder.decode(payload)),
      code: high * 256 + low,
      isHeard: this.#hasEnded || this.frames.some(({ opcode }) => opcode === PONG) ||
        closed !== undefined,
    };
  }
}
