/**
 * Reads a JSON request body within its bound.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";

export interface JsonRequestBody {
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly json: JsonObject;
}

/** Within what a body is read. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** Time allowed for all of it. */
  readonly bodyTimeoutMs: number;
  readonly clock: Clock;
}

/** Throws `unsupported_media_type`, `body_too_large`, or `invalid_request` where it is no JSON object. */
export async function readJsonRequest(
  request: Request,
  limits: BodyLimits,
): Promise<JsonRequestBody> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new GatewayError(
      "unsupported_media_type",
      'The body must be JSON; send it with "Content-Type: application/json"',
    );
  }
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new GatewayError(
      "unsupported_media_type",
      "Compressed request bodies are not accepted; send it without Content-Encoding",
    );
  }
  const bytes = await readInTime(request, limits);
  const json = parse(bytes);
  if (!isJsonObject(json)) throw invalidJson("The body must be a JSON object");
  return { bytes, json };
}

async function readInTime(
  request: Request,
  { maxBodyBytes, bodyTimeoutMs, clock }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const late = Promise.withResolvers<never>();
  const cancelTimer = clock.schedule(bodyTimeoutMs, () =>
    late.reject(
      new GatewayError("request_timeout", `The body did not arrive within ${bodyTimeoutMs} ms`),
    ));
  try {
    return await Promise.race([readBytes(request, maxBodyBytes), late.promise]);
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    // The client left, or a stop of the server has ended what it was still sending.
    throw new GatewayError("client_closed", "The body ended early; send the request again", {
      cause: thrown,
    });
  } finally {
    cancelTimer();
  }
}

async function readBytes(
  request: Request,
  maxBodyBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("content-length");
  if (declared !== null) {
    if (Number(declared) > maxBodyBytes) throw tooLarge(maxBodyBytes);
    // The server itself ends the body at its declared length.
    return await request.bytes();
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw invalidJson("The body is not valid JSON in UTF-8");
  }
}

function invalidJson(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { code: "invalid_json" });
}

function tooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError("body_too_large", `The body is larger than ${maxBodyBytes} bytes`);
}
