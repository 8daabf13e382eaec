/**
 * Writes an HTTP/1.1 request.
 *
 * @module
 */

import { writeLatin1 } from "../bytes/latin1.ts";
import type { OutputBuffers } from "../bytes/output_buffers.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { ProviderRequest, StreamedBody } from "../core/provider/transport.ts";
import { outgoingFields } from "./headers.ts";

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Of these a server expects a body, so that none must be said. */
const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Longer bodies follow in a write of their own: there the copying costs more, and the memory. */
const MAX_COPIED_BYTES = 60_000;

/** A request as it leaves. A streamed body is not in it; it follows. */
export interface EncodedRequest {
  /** The head, and behind it a body that is short, so that both leave in one write. */
  readonly message: Uint8Array<ArrayBuffer>;
  /** To be given back to the buffers once that has left. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** A body that is long. */
  readonly longBody: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Throws `GatewayError` `invalid_request` for what cannot be sent.
 *
 * @param hopFields Lines of the transport's own, for this connection alone.
 */
export function encodeRequest(
  request: ProviderRequest,
  buffers: OutputBuffers,
  hopFields = "",
): EncodedRequest {
  const { method, url, body } = request;
  if (!METHOD.test(method) || method === "CONNECT") {
    throw new GatewayError("invalid_request", "The request has a method that cannot be sent");
  }
  const whole = body instanceof Uint8Array ? body : undefined;
  const lengthBytes = whole?.length ?? (body as StreamedBody | undefined)?.lengthBytes;
  // `URL` escapes whatever could end the line early.
  let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n` +
    outgoingFields(request.headers) + hopFields;
  if (body !== undefined && lengthBytes === undefined) {
    head += "transfer-encoding: chunked\r\n";
  } else if (body !== undefined || WITH_BODY.has(method)) {
    head += `content-length: ${lengthBytes ?? 0}\r\n`;
  }
  head += "\r\n";
  const isLong = whole !== undefined && whole.length > MAX_COPIED_BYTES;
  const copied = isLong ? undefined : whole;
  const length = head.length + (copied?.length ?? 0);
  const buffer = buffers.take(length);
  writeLatin1(head, buffer, 0);
  if (copied !== undefined) buffer.set(copied, head.length);
  return { message: buffer.subarray(0, length), buffer, longBody: isLong ? whole : undefined };
}

const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");

/** A piece of a body of unknown length as a chunk; `null` ends the body. */
export function encodeChunk(bytes: Uint8Array<ArrayBuffer> | null): Uint8Array<ArrayBuffer> {
  if (bytes === null) return LAST_CHUNK;
  const size = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + bytes.length + 2);
  chunk.set(size);
  chunk.set(bytes, size.length);
  chunk.set([0x0d, 0x0a], size.length + bytes.length);
  return chunk;
}
