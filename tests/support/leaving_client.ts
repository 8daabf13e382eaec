/**
 * Clients that behave badly on purpose: they send a part of a request, or noise, and leave.
 *
 * @module
 */

import type { Random } from "../../src/core/clock.ts";
import { below } from "../transport/mutated_responses.ts";

const encoder = new TextEncoder();

/** A whole request of HTTP/1.1. */
export function requestBytes(path: string, body: object | string): Uint8Array<ArrayBuffer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const payload = encoder.encode(text);
  const head = encoder.encode(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
      `content-length: ${payload.length}\r\n\r\n`,
  );
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** How a client goes, seen from the server. */
export type Manner =
  /** It takes what has come and closes. */
  | "fin"
  /** It closes with an answer unread, which resets the connection. */
  | "rst"
  /** It closes its own side, and the other a little later. */
  | "half_close";

const MANNERS: readonly Manner[] = ["fin", "rst", "half_close"];

export interface Leaving {
  readonly sentBytes: number;
  /** From the last byte that is sent. */
  readonly stayMs: number;
  readonly manner: Manner;
}

/** Half of those who leave have sent all of it. */
export function randomLeaving(request: Uint8Array, maxStayMs: number, random: Random): Leaving {
  return {
    sentBytes: random() < 0.5 ? request.length : below(request.length, random),
    stayMs: below(maxStayMs, random),
    manner: MANNERS[below(MANNERS.length, random)] ?? "fin",
  };
}

/** Resolves when the client has left, however the server took it. */
export async function leaveEarly(
  url: string,
  request: Uint8Array,
  { sentBytes, stayMs, manner }: Leaving,
): Promise<void> {
  const { hostname, port } = new URL(url);
  using connection = new OnceClosed(await Deno.connect({ hostname, port: Number(port) }));
  try {
    await write(connection.inner, request.subarray(0, sentBytes));
    if (manner !== "rst") readOn(connection.inner);
    await sleep(stayMs);
    if (manner !== "half_close") return;
    await connection.inner.closeWrite();
    await sleep(stayMs);
  } catch {
    // The server has closed it before.
  }
}

/** Sends whatever that is; resolves when the server closes the connection, or after `maxStayMs`. */
export async function sendNoise(
  url: string,
  bytes: Uint8Array,
  maxStayMs: number,
): Promise<void> {
  const { hostname, port } = new URL(url);
  using connection = new OnceClosed(await Deno.connect({ hostname, port: Number(port) }));
  const timer = setTimeout(() => connection[Symbol.dispose](), maxStayMs);
  try {
    await write(connection.inner, bytes);
    await readOn(connection.inner);
  } catch {
    // It was refused in the middle.
  } finally {
    clearTimeout(timer);
  }
}

class OnceClosed implements Disposable {
  readonly inner: Deno.TcpConn;
  #isClosed = false;

  constructor(inner: Deno.TcpConn) {
    this.inner = inner;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.inner.close();
  }
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

/** Never rejects. */
async function readOn(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    while (await connection.read(buffer) !== null);
  } catch {
    // Closed by either side.
  }
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
