/**
 * Packs answers for clients that ask for it.
 *
 * @module
 */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer } from "../../core/http/http.ts";

/** Shorter ones are one packet in any case, and longer ones hold up everybody else. */
const MIN_BYTES = 256;
const MAX_BYTES = 262_144;

/** Most of what there is to gain comes with the least effort. */
const QUICKLY = { level: 1 };

const PACKABLE_TYPE =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript)\b|image\/svg)/i;
const CODING = /^\s*(br|gzip|deflate|x-gzip)\s*(?:;\s*q=([0-9.]+)\s*)?$/i;
const ENCODER = new TextEncoder();

type Coding = "br" | "deflate" | "gzip";

const CODINGS: ReadonlySet<string> = new Set<Coding>(["br", "deflate", "gzip"]);

/** The answer packed, for a client that reads `acceptEncoding`; `undefined` where it stays as it is. */
export function packAnswer(
  answer: HttpAnswer,
  acceptEncoding: string | null,
  method: string,
): Promise<HttpAnswer> | undefined {
  const { headers, body } = answer;
  if (acceptEncoding === null || body === null || method === "HEAD") return undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return undefined;
  // A text is at least as many bytes as characters.
  if (body.length > MAX_BYTES || (body.length < MIN_BYTES && typeof body !== "string")) {
    return undefined;
  }
  if (!isPackable(headers)) return undefined;
  const coding = codingFor(acceptEncoding);
  if (coding === undefined) return undefined;
  const bytes = typeof body === "string" ? ENCODER.encode(body) : body;
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) return undefined;
  return pack(bytes, coding).then((packed) => ({
    status: answer.status,
    headers: headersOfPacked(headers, coding),
    body: packed,
  }));
}

function isPackable(headers: AnswerHeaders): boolean {
  if (headers.has("content-encoding") || headers.has("content-range")) return false;
  if (!PACKABLE_TYPE.test(headers.get("content-type") ?? "")) return false;
  return !/\bno-transform\b/i.test(headers.get("cache-control") ?? "");
}

/** That of the greatest weight, the first of several. */
function codingFor(acceptEncoding: string): Coding | undefined {
  let best: Coding | undefined;
  let bestWeight = 0;
  for (const part of acceptEncoding.split(",")) {
    const [, written = "", given = "1"] = CODING.exec(part) ?? [];
    const coding = written.toLowerCase().replace("x-", "");
    const weight = Number(given);
    if (!isCoding(coding) || !(weight > bestWeight)) continue;
    best = coding;
    bestWeight = weight;
  }
  return best;
}

function isCoding(text: string): text is Coding {
  return CODINGS.has(text);
}

/** What packs is loaded with the first answer that is packed: a start has no use for it. */
async function pack(
  bytes: Uint8Array<ArrayBuffer>,
  coding: Coding,
): Promise<Uint8Array<ArrayBuffer>> {
  const { brotliCompress, constants, deflate, gzip } = await import("node:zlib");
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  const onPacked = (error: Error | null, packed: Uint8Array): void => {
    // Its memory is its own: `Buffer` cuts only short ones from a pool.
    if (error === null) resolve(packed as Uint8Array<ArrayBuffer>);
    else reject(error);
  };
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  if (coding === "br") brotliCompress(bytes, quality, onPacked);
  else if (coding === "gzip") gzip(bytes, QUICKLY, onPacked);
  else deflate(bytes, QUICKLY, onPacked);
  return await promise;
}

function headersOfPacked(headers: AnswerHeaders, coding: Coding): AnswerHeaders {
  const packed = new AnswerHeaders(headers);
  packed.set("content-encoding", coding);
  const vary = headers.get("vary");
  if (vary === null) packed.set("vary", "accept-encoding");
  else if (!/(?:^|[\s,])(?:\*|accept-encoding)(?:$|[\s,])/i.test(vary)) {
    packed.append("vary", "accept-encoding");
  }
  const tag = headers.get("etag");
  // What is packed is not the same bytes, only the same.
  if (tag?.startsWith('"')) packed.set("etag", `W/${tag}`);
  return packed;
}
