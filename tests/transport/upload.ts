/**
 * A request body for a test to fill by hand, and what a server reads of it.
 *
 * @module
 */

import { bodyBrokeOff } from "../../src/bytes/client_body.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { ByteSource, ProviderRequest } from "../../src/core/provider/transport.ts";
import { bytesOf, type RawPeer } from "./raw_server.ts";

/** A body that a test fills by hand, and that tells when it was given up. */
export class Upload {
  readonly cancelled: Promise<void>;
  pulls = 0;
  /** How often it was asked for more, which a client does once what it had is on its way. */
  reads = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  /** @param next What is pulled; without it nothing comes by itself. */
  constructor(next?: () => Uint8Array<ArrayBuffer> | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.cancelled = promise;
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
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
    this.#reader = stream.getReader();
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

  request(url: URL, lengthBytes?: number): ProviderRequest {
    const source: ByteSource = {
      read: () => this.#read(),
      cancel: () => void this.#reader.cancel().catch(() => {}),
    };
    const body = { source, ...(lengthBytes !== undefined && { lengthBytes }) };
    return { method: "PUT", url, headers: [], body };
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.reads++;
    try {
      let bytes: Uint8Array<ArrayBuffer> | undefined;
      do bytes = (await this.#reader.read()).value; while (bytes?.length === 0);
      return bytes ?? null;
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : bodyBrokeOff(thrown);
    }
  }
}

/** Reads until what has come matches; ends the script where the peer leaves before. */
export async function receiveUntil(peer: RawPeer, pattern: RegExp): Promise<string> {
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
