/**
 * Reads a JSON request body within its bounds.
 *
 * @module
 */

import type { BodyBounds } from "../../bytes/client_body.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { JsonLimits } from "./measure_json.ts";
import { parseJson, parseLargeJson } from "./parse_json.ts";
import { type ContentCoding, readBody } from "./read_body.ts";

export interface JsonRequestBody {
  /** The body as it came, but unpacked. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly json: JsonObject;
  /** `Clock.nowMs` when it had arrived. */
  readonly readMs: number;
}

/** Within what a body is read. */
export interface BodyLimits extends BodyBounds, JsonLimits {}

/** What the body may be called. */
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
/** For APIs whose clients call their JSON anything. */
export const ANY_TYPE = /^/;

/** From here on to parse a body at once would hold up everybody else for milliseconds. */
const LARGE_BYTES = 524_288;

/** The code of the error that names the encodings which are taken. */
export const UNSUPPORTED_ENCODING = "unsupported_content_encoding";
/** For `Accept-Encoding`, which in an answer is about requests. */
export const ACCEPTED_ENCODINGS = "gzip, deflate";

/**
 * At once where the body has come with its head.
 *
 * Throws or rejects with `unsupported_media_type`, `body_too_large`, `request_timeout`, `client_closed`, and
 * `invalid_request` where it is no JSON object within its limits.
 */
export function readJsonRequest(
  request: HttpRequest,
  limits: BodyLimits,
  mediaType: RegExp = JSON_TYPE,
): JsonRequestBody | Promise<JsonRequestBody> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!mediaType.test(contentType)) {
    throw new GatewayError(
      "unsupported_media_type",
      'The body must be JSON; send it with "Content-Type: application/json"',
    );
  }
  return readJsonBody(request, limits);
}

/** The same of a body whose media type is not looked at. */
export function readJsonBody(
  request: HttpRequest,
  limits: BodyLimits,
): JsonRequestBody | Promise<JsonRequestBody> {
  const coding = contentCodingOf(request.headers.get("content-encoding"));
  const reading = readBody(request, coding, limits);
  return reading instanceof Promise
    ? reading.then((bytes) => parsed(bytes, limits))
    : parsed(reading, limits);
}

function parsed(
  bytes: Uint8Array<ArrayBuffer>,
  limits: BodyLimits,
): JsonRequestBody | Promise<JsonRequestBody> {
  const readMs = limits.clock.nowMs();
  if (bytes.length <= LARGE_BYTES) return { bytes, json: parseJson(bytes, limits), readMs };
  return parseLargeJson(bytes, limits, limits.clock).then((json) => ({ bytes, json, readMs }));
}

/** Several codings are as good as an unknown one. */
function contentCodingOf(header: string | null): ContentCoding {
  switch (header?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
      return "deflate";
    default:
      throw new GatewayError(
        "unsupported_media_type",
        `The Content-Encoding of a body may be one of ${ACCEPTED_ENCODINGS}; send it so or without`,
        { code: UNSUPPORTED_ENCODING },
      );
  }
}
