/**
 * A request body for a test to fill by hand, and what a server reads of it.
 *
 * @module
 */

import type { UpstreamRequest } from "../../src/core/transport.ts";
import { bytesOf, type RawPeer } from "./raw_server.ts";

/** A stream that a test fills by hand, and that tells when it was given up. */
export class Upload {
  readonly cancelled: Promise<void>;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  pulls = 0;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  /** @param next What is pulled; without it nothing comes by itself. */
  constructor(next?: () => Uint8Array<ArrayBuffer> | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.cancelled = promise;
    this.stream = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: (controller) => {
        this.pulls++;
        if (next === undefined) return;
        const bytes = next();
        if (bytes === undefined) controller.close();
        else controller.enqueue(bytes);
      },
      cancel: () => resolve(),
    }, { highWaterMark: 0 });
  }

  send(text: string): void {
    this.#controller?.enqueue(bytesOf(text));
  }

  end(): void {
    this.#controller?.close();
  }

  fail(error: unknown): void {
    this.#controller?.error(error);
  }

  request(url: URL, lengthBytes?: number): UpstreamRequest {
    const body = { stream: this.stream, ...(lengthBytes !== undefined && { lengthBytes }) };
    return { method: "PUT", url, headers: [], body };
  }
}

/** Reads until what has come matches; ends the script where the peer leaves before. */
export async function until(peer: RawPeer, pattern: RegExp): Promise<string> {
  let text = "";
  while (!pattern.test(text)) {
    const more = await peer.receive();
    if (more === text) throw new Deno.errors.ConnectionReset("The peer left");
    text = more;
  }
  return text;
}

/** The payload of a request, whichever way it is framed. */
export function payloadOf(request: string): string {
  const [head = "", ...rest] = request.split("\r\n\r\n");
  let wire = rest.join("\r\n\r\n");
  if (/^content-length:/im.test(head)) return wire;
  let payload = "";
  while (wire !== "") {
    const lineEnd = wire.indexOf("\r\n");
    const size = parseInt(wire.slice(0, lineEnd), 16);
    payload += wire.slice(lineEnd + 2, lineEnd + 2 + size);
    wire = wire.slice(lineEnd + 2 + size + 2);
  }
  return payload;
}
