/**
 * Writes an HTTP/1.1 request.
 *
 * @module
 */

import { allocateBytes } from "../bytes/byte_slab.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { HeaderList, ProviderRequest, StreamedBody } from "../core/provider/transport.ts";
import { outgoingHeaders } from "./headers.ts";

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Of these a server expects a body, so that none must be said. */
const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * The request as bytes: head and body in one, so that they leave in one write. A streamed body is
 * not among them; it follows.
 *
 * Throws `GatewayError` `invalid_request` for what cannot be sent.
 *
 * @param hopHeaders Of the transport's own, for this connection alone.
 */
export function encodeRequest(
  request: ProviderRequest,
  hopHeaders: HeaderList = [],
): Uint8Array<ArrayBuffer> {
  const { method, url, body } = request;
  if (!METHOD.test(method) || method === "CONNECT") {
    throw new GatewayError("invalid_request", "The request has a method that cannot be sent");
  }
  // `URL` escapes whatever could end the line early.
  let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`;
  for (const [name, value] of outgoingHeaders(request.headers)) head += `${name}: ${value}\r\n`;
  for (const [name, value] of hopHeaders) head += `${name}: ${value}\r\n`;
  const whole = body instanceof Uint8Array ? body : undefined;
  const lengthBytes = whole?.length ?? (body as StreamedBody | undefined)?.lengthBytes;
  if (body !== undefined && lengthBytes === undefined) {
    head += "transfer-encoding: chunked\r\n";
  } else if (body !== undefined || WITH_BODY.has(method)) {
    head += `content-length: ${lengthBytes ?? 0}\r\n`;
  }
  head += "\r\n";

  const message = allocateBytes(head.length + (whole?.length ?? 0));
  // Not `TextEncoder`: a header's characters are bytes.
  for (let index = 0; index < head.length; index++) message[index] = head.charCodeAt(index);
  if (whole !== undefined) message.set(whole, head.length);
  return message;
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
