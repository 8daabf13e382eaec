/** Heads of requests that are too much, or no heads at all. */

import {
  type BadInput,
  CHAT,
  get,
  GOOD_BODY,
  headed,
  headTooLarge,
  passes,
  refused,
  refusedByRuntime,
  type Verdict,
} from "./bad_input.ts";
import { head } from "./hostile_request.ts";

const longUrl = refused(414, "url_too_long");
const wrongMethod = refused(405, "method_not_allowed");
/** The runtime closes the connection, or says why. */
const garbage: Verdict = { statuses: [0, 400, 405, 505] };

/** Deno 2.9 refuses to switch; Deno 2.4 takes no notice of the wish. */
const notOfAPost: Verdict = { statuses: [400, 200] };

/** Bytes that are sent as they are. */
function raw(name: string, wire: string, verdict: Verdict): BadInput {
  return { name, request: () => wire, ...verdict };
}

/** A chat call by another method. */
function method(name: string, verdict: Verdict = wrongMethod): BadInput {
  return {
    name: `the method ${name.slice(0, 20)}`,
    request: ({ key }) =>
      head(name, CHAT, key, [
        "content-type: application/json",
        `content-length: ${GOOD_BODY.length}`,
      ]) + GOOD_BODY,
    ...verdict,
  };
}

const manyHeaders = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `x-${at}: 1`);

export const badHeads: readonly BadInput[] = [
  get("a path of 9,000 characters", `/v1/${"a".repeat(9_000)}`, longUrl),
  get("a query of 20,000 characters", `/v1/models?${"a=b&".repeat(5_000)}`, longUrl),
  get("a query of 60,000 characters", `/v1/models?a=${"%41".repeat(20_000)}`, longUrl),
  get("a forwarded path of 9,000 characters", `/api/v1/${"a/".repeat(4_500)}`, longUrl),
  get("a target of 70,000 characters", `/${"a".repeat(70_000)}`, headTooLarge),
  get("a target of a million characters", `/${"a".repeat(1_000_000)}`, headTooLarge),
  headed("90 headers", manyHeaders(90), passes),
  headed("300 headers", manyHeaders(300), headTooLarge),
  headed("20,000 headers", manyHeaders(20_000), headTooLarge),
  headed("a header of two million characters", [`x-a: ${"a".repeat(2_000_000)}`], headTooLarge),
  headed(
    "a header's name of two million characters",
    [`${"a".repeat(2_000_000)}: 1`],
    headTooLarge,
  ),
  headed("many headers of the same name", Array(80).fill("x-a: 1"), passes),
  headed("a NUL in a header", ["x-a: b\0c"], refusedByRuntime),
  headed("a carriage return in a header", ["x-a: b\rc"], refusedByRuntime),
  headed("a header without a name", [": 1"], refusedByRuntime),
  headed("a header without a colon", ["evil"], refusedByRuntime),
  headed("a space before the colon", ["x-a : 1"], refusedByRuntime),
  headed("a folded header", ["x-a: b\r\n c"], refusedByRuntime),
  headed("a header's name in Cyrillic", ["x-\u0430: 1"], refusedByRuntime),
  headed(
    "an expectation that nobody meets",
    ["expect: 200-maybe"],
    refused(417, "expectation_failed"),
  ),
  headed("a switch to WebSocket in a POST", [
    "upgrade: websocket",
    "connection: upgrade, close",
    "sec-websocket-version: 13",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  ], notOfAPost),
  headed(
    "a switch to HTTP/2 in a POST",
    ["upgrade: h2c", "connection: upgrade, http2-settings, close"],
    notOfAPost,
  ),
  ...["GET", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post"].map((name) => method(name)),
  method("A".repeat(5_000), refused(501, "invalid_method")),
  method("PO ST", refusedByRuntime),
  method("P\u00d6ST", refusedByRuntime),
  raw("the opening of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nevil evil evil", {
    statuses: [505],
  }),
  raw(
    "a TLS handshake",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".padEnd(500, "\x00"),
    garbage,
  ),
  raw("another protocol: SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", garbage),
  raw("another protocol: Redis", "*1\r\n$8\r\nFLUSHALL\r\n\r\n", garbage),
  raw("another protocol: SMTP", "EHLO evil\r\nMAIL FROM:<a@b>\r\n\r\n", garbage),
  raw(
    "noise",
    Array.from({ length: 2_000 }, (_, at) => String.fromCharCode((at * 167 + 13) % 256)).join("") +
      "\r\n\r\n",
    garbage,
  ),
  raw("NULs", "\0".repeat(10_000), garbage),
  raw("empty lines", "\r\n".repeat(50_000), garbage),
  raw("a version that there is not", `GET ${CHAT} HTTP/9.9\r\nhost: a\r\n\r\n`, garbage),
  raw("no version", `GET ${CHAT}\r\n\r\n`, garbage),
  raw("no Host", `GET ${CHAT} HTTP/1.1\r\nconnection: close\r\n\r\n`, {
    statuses: [400, 401, 405],
  }),
  raw("a head that stops, and never goes on", "GET / HTTP/1.1\r\nhost: a\r\n", { statuses: [0] }),
];
