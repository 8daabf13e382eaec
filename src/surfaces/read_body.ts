/** Reads a request's body whole, within its bounds. */

import {
  type BodyBounds,
  bodyBrokeOff,
  bodyIsLate,
  bodyTooLarge,
  ClientBody,
} from "../core/client_body.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { InflatedSource } from "../core/inflated_source.ts";
import type { ByteSource } from "../core/transport.ts";

/** How a body may be packed. */
export type ContentCoding = "identity" | "gzip" | "deflate";

/** Up to here a body is read in one piece, at a fraction of the cost, and must be whole within one silence. */
const SMALL_BODY_BYTES = 262_144;
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

/** Bytes of bodies that are coming in, by what bounds them. */
const arrivedBytes = new WeakMap<BodyBounds, number>();

/**
 * The body, unpacked; the bound on its size holds before that and after it.
 *
 * Throws `body_too_large`, `request_timeout`, `client_closed`, `overloaded`, and `invalid_request` where it
 * is not packed as it says.
 */
export async function readBody(
  request: Request,
  coding: ContentCoding,
  bounds: BodyBounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("content-length");
  const lengthBytes = declared === null ? undefined : Number(declared);
  const { maxBodyBytes } = bounds;
  if (lengthBytes !== undefined && lengthBytes > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  if (coding === "identity" && lengthBytes !== undefined && lengthBytes <= SMALL_BODY_BYTES) {
    return await readSmall(request, bounds);
  }
  if (request.body === null) return new Uint8Array(0);
  const source = new ClientBody(request.body, bounds);
  if (coding === "identity") return await collect(source, bounds, lengthBytes);
  return await collect(new InflatedSource(source, coding, corrupt), bounds);
}

/** The server itself ends the body at its declared length. */
async function readSmall(
  request: Request,
  { bodyTimeoutMs, bodyIdleTimeoutMs, clock }: BodyBounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const timeoutMs = Math.min(bodyTimeoutMs, bodyIdleTimeoutMs);
  const late = Promise.withResolvers<never>();
  const cancelTimer = clock.schedule(timeoutMs, () => late.reject(bodyIsLate(timeoutMs)));
  try {
    return await Promise.race([request.bytes(), late.promise]);
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : bodyBrokeOff(thrown);
  } finally {
    cancelTimer();
  }
}

/** Not a list of chunks: a body may come in chunks of one byte, and each would cost a hundred. */
async function collect(
  source: ByteSource,
  bounds: BodyBounds,
  expectedBytes = FIRST_BUFFER_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBodyBytes } = bounds;
  let buffer = new ArrayBuffer(Math.min(expectedBytes, MAX_FIRST_BUFFER_BYTES));
  let length = 0;
  try {
    for (let chunk; (chunk = await source.read()) !== null;) {
      const needed = length + chunk.length;
      if (needed > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      if (needed > buffer.byteLength) {
        buffer = buffer.transfer(Math.max(needed, Math.min(2 * length, maxBodyBytes)));
      }
      new Uint8Array(buffer).set(chunk, length);
      length = needed;
      countArrived(bounds, chunk.length);
    }
  } catch (thrown) {
    source.cancel();
    throw thrown;
  } finally {
    arrivedBytes.set(bounds, (arrivedBytes.get(bounds) ?? 0) - length);
  }
  return new Uint8Array(length === buffer.byteLength ? buffer : buffer.transfer(length));
}

/** Throws `overloaded` where there are too many together. */
function countArrived(bounds: BodyBounds, bytes: number): void {
  const allBytes = (arrivedBytes.get(bounds) ?? 0) + bytes;
  arrivedBytes.set(bounds, allBytes);
  if (allBytes <= MAX_LONGEST_BODIES * bounds.maxBodyBytes) return;
  throw new GatewayError(
    "overloaded",
    "Too many large bodies are coming in at once; send the request again later",
    { code: "too_many_large_bodies", retryAfterMs: RETRY_AFTER_MS },
  );
}

function corrupt(cause: unknown): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The body is not packed as its Content-Encoding says",
    { code: "invalid_content_encoding", cause },
  );
}
