/** Bodies that are packed wrongly, too large, too slow, or framed so that two readers differ. */

import { Buffer } from "node:buffer";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import {
  type BadInput,
  CHAT,
  GOOD_BODY,
  invalidJson,
  passes,
  post,
  refused,
  refusedByRuntime,
  type Verdict,
} from "./bad_input.ts";
import { head } from "./hostile_request.ts";

/** What the gateway under test is set to. */
export const MAX_BODY_BYTES = 4_000_000;

const corrupt = refused(400, "invalid_content_encoding");
const unsupported = refused(415, "unsupported_content_encoding");
const tooLarge = refused(413, "body_too_large");
const late = refused(408, "request_timeout");
const wrongType = refused(415, "unsupported_media_type");
const JSON_TYPE = "content-type: application/json";

const good = Buffer.from(GOOD_BODY);
const gzipped = gzipSync(good);
/** A hundred times what is allowed, in a hundred kilobytes. */
const zeros = Buffer.alloc(MAX_BODY_BYTES * 25);
const spaces = Buffer.alloc(MAX_BODY_BYTES * 25, " ");
/** With this bit of it turned over. */
const flipped = (packed: Uint8Array, at: number): Uint8Array =>
  packed.map((byte, index) => index === at ? byte ^ 1 : byte);

const PACKED: readonly (readonly [name: string, coding: string, body: Uint8Array, Verdict])[] = [
  ["a bomb of zeros", "gzip", gzipSync(zeros), tooLarge],
  ["a bomb of white space", "gzip", gzipSync(spaces), tooLarge],
  ["a bomb of deflate", "deflate", deflateSync(zeros), tooLarge],
  ["a bomb within a bomb", "gzip", gzipSync(gzipSync(zeros)), invalidJson],
  [
    "a bomb of brackets",
    "gzip",
    gzipSync(Buffer.alloc(1_000_000, "[")),
    refused(400, "json_too_deep"),
  ],
  ["a bomb in a list of codings", "gzip, gzip", gzipSync(gzipSync(zeros)), unsupported],
  [
    "a byte more than is allowed",
    "gzip",
    gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1, " ")),
    tooLarge,
  ],
  ["brotli", "br", brotliCompressSync(good), unsupported],
  ["zstd", "zstd", Buffer.from("28b52ffd", "hex"), unsupported],
  ["compress", "compress", Buffer.from("1f9d90", "hex"), unsupported],
  ["two codings", "gzip, identity", gzipped, unsupported],
  ["a coding that nobody knows", "evil", good, unsupported],
  ["a coding with a parameter", "gzip;q=1", gzipped, unsupported],
  ["a star", "*", gzipped, unsupported],
  ["a coding of thousands of characters", "gzip".repeat(5_000), gzipped, unsupported],
  ["plain text as gzip", "gzip", good, corrupt],
  ["nothing as gzip", "gzip", new Uint8Array(0), corrupt],
  ["half of it", "gzip", gzipped.subarray(0, gzipped.length / 2), corrupt],
  ["no checksum", "gzip", gzipped.subarray(0, -8), corrupt],
  ["a wrong checksum", "gzip", flipped(gzipped, gzipped.length - 8), corrupt],
  ["a wrong length", "gzip", flipped(gzipped, gzipped.length - 1), corrupt],
  ["a wrong byte", "gzip", flipped(gzipped, 20), corrupt],
  ["another method", "gzip", flipped(gzipped, 2), corrupt],
  ["deflate as gzip", "gzip", deflateSync(good), corrupt],
  ["gzip as deflate", "deflate", gzipped, corrupt],
  ["deflate without its head", "deflate", deflateRawSync(good), corrupt],
  ["gzip without its header", "identity", gzipped, invalidJson],
  ["gzip that is right", "x-gzip", gzipped, passes],
  ["deflate that is right", "Deflate", deflateSync(good), passes],
];

const TYPES: readonly (readonly [name: string, headers: readonly string[], Verdict])[] = [
  ["no type", [], wrongType],
  ["plain text", ["content-type: text/plain"], wrongType],
  ["a form", ["content-type: application/x-www-form-urlencoded"], wrongType],
  ["a form with a file", ["content-type: multipart/form-data; boundary=x"], wrongType],
  ["two types", ["content-type: application/json, text/html"], wrongType],
  [
    "two types in two headers",
    ["content-type: text/plain", "content-type: application/json"],
    wrongType,
  ],
  ["a type that only begins so", ["content-type: application/jsonp"], wrongType],
  ["a type of another tree", ["content-type: text/json"], wrongType],
  ["a type of thousands of characters", [`content-type: ${"a".repeat(20_000)}`], wrongType],
  [
    "another character set, which is not so",
    ["content-type: application/json; charset=utf-16"],
    passes,
  ],
];

/** A POST whose framing is its own. */
function framed(
  name: string,
  headers: readonly string[],
  wire: string,
  verdict: Verdict,
  { target = CHAT, trickle }: { readonly target?: string; readonly trickle?: string } = {},
): BadInput {
  return {
    name,
    ...verdict,
    ...(trickle === undefined ? {} : { trickle }),
    request: ({ key }) => head("POST", target, key, [JSON_TYPE, ...headers]) + wire,
  };
}

const CHUNKED = ["transfer-encoding: chunked"];
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const refusedEarly: Verdict = { statuses: [400, 408, 413, 499, 0] };

const SIZES: readonly BadInput[] = [
  framed(
    "a length beyond the bound, and no body",
    [`content-length: ${MAX_BODY_BYTES + 1}`],
    "",
    tooLarge,
  ),
  framed("the largest length there is", ["content-length: 999999999999999"], "", tooLarge),
  framed(
    "a length beyond all numbers",
    ["content-length: 99999999999999999999"],
    "",
    refusedByRuntime,
  ),
  framed("chunks beyond the bound", CHUNKED, chunk(" ".repeat(1_000_000)).repeat(5), tooLarge),
  framed("crumbs", CHUNKED, `${chunk(" ").repeat(20_000)}0\r\n\r\n`, refused(400, "invalid_json")),
  framed("a chunk of the largest size", CHUNKED, "fffffffffffffff\r\n{}", refusedEarly),
  framed("a chunk of a size beyond all numbers", CHUNKED, `${"f".repeat(40)}\r\n{}`, refusedEarly),
  framed(
    "a chunk extension without end",
    CHUNKED,
    `1;${"a".repeat(100_000)}\r\n{\r\n`,
    refusedEarly,
  ),
  framed(
    "trailers without end",
    CHUNKED,
    `${chunk(GOOD_BODY)}0\r\n${"a: b\r\n".repeat(50_000)}\r\n`,
    { statuses: [200, 400, 499, 0] },
  ),
  framed("chunks and a length", [...CHUNKED, "content-length: 5"], "0\r\n\r\n", {
    statuses: [400],
  }),
  framed("two lengths", ["content-length: 5", "content-length: 6"], "hello", { statuses: [400] }),
  framed("a length with a plus", ["content-length: +5"], "hello", { statuses: [400] }),
  framed("no length and no chunks", [], GOOD_BODY, invalidJson),
  framed("a coding that is none", ["transfer-encoding: evil"], "0\r\n\r\n", {
    statuses: [400, 501],
  }),
];

/** For a gateway with little patience. */
export const slowBodies: readonly BadInput[] = [
  framed("a body that never comes", ["content-length: 100"], "", late),
  framed("a body that stops", ["content-length: 100"], `{"model":`, late),
  framed("a large body that stops", ["content-length: 1000000"], `{"model":`, late),
  framed("chunks that stop", CHUNKED, chunk(`{"model":`), late),
  framed("a chunk that stops", CHUNKED, `ff\r\n{"model":`, late),
  framed("a packed body that stops", [...CHUNKED, "content-encoding: gzip"], "a\r\n\x1f\x8b", late),
  framed("a body that trickles", ["content-length: 60000"], "{", late, { trickle: " " }),
  framed("a large body that trickles", ["content-length: 1000000"], "{", late, { trickle: " " }),
  framed("chunks that trickle", CHUNKED, "", late, { trickle: chunk(" ") }),
  framed("a forwarded body that stops", ["content-length: 100"], "{", late, {
    target: "/v1/files",
  }),
  framed("a forwarded body that trickles", CHUNKED, "", late, {
    target: "/v1/files",
    trickle: chunk(" "),
  }),
];

export const badBodies: readonly BadInput[] = [
  ...PACKED.map(([name, coding, body, verdict]) =>
    post(`packed: ${name}`, CHAT, body, verdict, [JSON_TYPE, `content-encoding: ${coding}`])
  ),
  ...TYPES.map(([name, headers, verdict]) =>
    post(`typed: ${name}`, CHAT, GOOD_BODY, verdict, headers)
  ),
  ...SIZES,
];
