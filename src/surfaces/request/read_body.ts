/** Reads a request's body whole, within its bounds. */

import {
  type BodyBounds,
  bodyBrokeOff,
  bodyIsLate,
  bodyTooLarge,
  ClientBody,
} from "../../bytes/client_body.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { InflatedSource } from "../../bytes/inflated_source.ts";
import type { ByteSource } from "../../core/transport.ts";

/** How a body may be packed. */
export type ContentCoding = "identity" | "gzip" | "deflate";

/** Up to here a body is read in one piece, at a fraction of the cost, and must be whole within one silence. */
export const SMALL_BODY_BYTES = 262_144;
/** Small bodies that take longer, or half of their time, are counted; from a second on, timers cost next to nothing. */
const PROMPT_MS = 1_000;
/** What the runtime keeps for a byte that it reads in one piece, at the most. */
const KEPT_BYTES_PER_BYTE = 4;
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

/** What bodies that are coming in take, in bytes. */
interface IncomingBytes {
  /** Of large ones, what has arrived. */
  arrived: number;
  /** Of small ones that are not prompt, what they may take: how much of one has arrived is not known. */
  held: number;
}

/** By what bounds them. */
const incomingBytes = new WeakMap<BodyBounds, IncomingBytes>();

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
    return await readSmall(request, lengthBytes, bounds);
  }
  if (request.body === null) return new Uint8Array(0);
  const source = new ClientBody(request.body, bounds);
  if (coding === "identity") return await collect(source, bounds, lengthBytes);
  return await collect(new InflatedSource(source, coding, corrupt), bounds);
}

/** The server itself ends the body at its declared length. */
async function readSmall(
  request: Request,
  lengthBytes: number,
  bounds: BodyBounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bodyTimeoutMs, bodyIdleTimeoutMs, clock, maxBodyBytes } = bounds;
  const timeoutMs = Math.min(bodyTimeoutMs, bodyIdleTimeoutMs);
  const promptMs = Math.min(PROMPT_MS, timeoutMs / 2);
  const late = Promise.withResolvers<never>();
  let heldBytes = 0;
  const hold = (): void => {
    const fail = (): void => late.reject(bodyIsLate(timeoutMs));
    cancelTimer = clock.schedule(timeoutMs - promptMs, fail);
    heldBytes = Math.min(KEPT_BYTES_PER_BYTE * lengthBytes, maxBodyBytes);
    const incoming = incomingOf(bounds);
    incoming.held += heldBytes;
    if (isTooMuch(incoming.arrived + incoming.held, bounds)) late.reject(tooManyBodies());
  };
  let cancelTimer = clock.schedule(promptMs, hold);
  try {
    return await Promise.race([request.bytes(), late.promise]);
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : bodyBrokeOff(thrown);
  } finally {
    cancelTimer();
    if (heldBytes > 0) incomingOf(bounds).held -= heldBytes;
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
    incomingOf(bounds).arrived -= length;
  }
  return new Uint8Array(length === buffer.byteLength ? buffer : buffer.transfer(length));
}

/**
 * Throws `overloaded` where there are too many together. Small ones do not count here: to announce one takes
 * no upload, and must not keep out whoever has made theirs.
 */
function countArrived(bounds: BodyBounds, bytes: number): void {
  const incoming = incomingOf(bounds);
  incoming.arrived += bytes;
  if (isTooMuch(incoming.arrived, bounds)) throw tooManyBodies();
}

function incomingOf(bounds: BodyBounds): IncomingBytes {
  const known = incomingBytes.get(bounds);
  if (known !== undefined) return known;
  const incoming = { arrived: 0, held: 0 };
  incomingBytes.set(bounds, incoming);
  return incoming;
}

function isTooMuch(bytes: number, { maxBodyBytes }: BodyBounds): boolean {
  return bytes > MAX_LONGEST_BODIES * maxBodyBytes;
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
    "The body is not packed as its Content-Encoding says",
    { code: "invalid_content_encoding", cause },
  );
}
