/** Reads a request's body whole, within its bounds. */

import { GatheredPieces } from "../../bytes/gathered_pieces.ts";
import { type BodyBounds, bodyTooLarge, ClientBody } from "../../bytes/client_body.ts";
import { InflatedSource } from "../../bytes/inflated_source.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { ByteSource } from "../../core/provider/transport.ts";

/** How a body may be packed. */
export type ContentCoding = "identity" | "gzip" | "deflate";

/** Set aside at first for a body of unknown length, and at most for one that only says how long it is. */
const FIRST_BUFFER_BYTES = 65_536;
const MAX_FIRST_BUFFER_BYTES = 1_048_576;
/**
 * Bodies that come in at the same time may together be as long as so many of the longest: whoever sends one
 * has no slot yet, so that nothing else bounds how many there are.
 */
const MAX_LONGEST_BODIES = 16;
/** When one of them may have arrived. */
const RETRY_AFTER_MS = 5_000;

/** What has arrived of the bodies that are coming in, in bytes, by what bounds them. */
const incomingBytes = new WeakMap<BodyBounds, number>();

/**
 * The body, unpacked; the bound on its size holds before that and after it. At once where it has come with
 * the head.
 *
 * Throws or rejects with `body_too_large`, `request_timeout`, `client_closed`, `overloaded`, and
 * `invalid_request` where it is not packed as it says.
 */
export function readBody(
  { body, lengthBytes }: Pick<HttpRequest, "body" | "lengthBytes">,
  coding: ContentCoding,
  bounds: BodyBounds,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  const { maxBodyBytes } = bounds;
  if (lengthBytes !== undefined && lengthBytes > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  if (body === null) {
    if (coding !== "identity") throw corrupt("There is no body");
    return new Uint8Array(0);
  }
  const whole = coding === "identity" ? body.takeWhole() : undefined;
  if (whole !== undefined) {
    if (whole.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    return whole;
  }
  const source = new ClientBody(body, bounds);
  if (coding === "identity") return collect(source, bounds, lengthBytes);
  return collect(new InflatedSource(source, coding, corrupt), bounds);
}

async function collect(
  source: ByteSource,
  bounds: BodyBounds,
  lengthBytes?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBodyBytes } = bounds;
  const firstBytes = Math.min(lengthBytes ?? FIRST_BUFFER_BYTES, MAX_FIRST_BUFFER_BYTES);
  const gathered = new GatheredPieces(firstBytes, maxBodyBytes);
  try {
    for (let chunk; (chunk = await source.read()) !== null;) {
      if (gathered.length + chunk.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      gathered.push(chunk);
      if (countArrived(bounds, chunk.length) > MAX_LONGEST_BODIES * maxBodyBytes) {
        throw tooManyBodies();
      }
    }
  } catch (thrown) {
    source.cancel();
    throw thrown;
  } finally {
    countArrived(bounds, -gathered.length);
  }
  return gathered.take();
}

function countArrived(bounds: BodyBounds, bytes: number): number {
  const arrivedBytes = (incomingBytes.get(bounds) ?? 0) + bytes;
  incomingBytes.set(bounds, arrivedBytes);
  return arrivedBytes;
}

function tooManyBodies(): GatewayError {
  return new GatewayError(
    "overloaded",
    "Too many large bodies are coming in at once; send the request again later",
    { code: "too_many_large_bodies", retryAfterMs: RETRY_AFTER_MS },
  );
}

function corrupt(cause: unknown): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The body is not packed as its Content-Encoding says; send it packed so, or as it is",
    { code: "invalid_content_encoding", cause },
  );
}
