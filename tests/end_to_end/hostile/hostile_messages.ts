/** Requests whose headers or framing are the attack. */

import {
  BASE,
  broken,
  get,
  head,
  type HostileRequest,
  passed,
  post,
  posted,
  refused,
  SMUGGLED,
} from "./hostile_request.ts";

/** Headers that are not for the upstream. */
export const hostileHeaders: readonly HostileRequest[] = [
  ...["authorization", "host", "via", "user-agent", "x-request-id"].map((named) => ({
    ...get(`Connection: ${named}`, `${BASE}/things`, `connection: ${named}, close`),
    ...passed,
  })),
  {
    ...post(
      "Connection: content-length",
      "hello",
      "content-length: 5",
      "connection: content-length, close",
    ),
    ...posted,
  },
  {
    ...get(
      "an upgrade without its key",
      `${BASE}/things`,
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
    ),
    ...refused,
  },
  {
    ...get(
      "an upgrade to HTTP/2",
      `${BASE}/things`,
      "connection: upgrade, http2-settings",
      "upgrade: h2c",
      "http2-settings: AAMAAABkAARAAAAAAAIAAAAA",
    ),
    ...passed,
  },
  {
    ...get("TE and Trailer", `${BASE}/things`, "te: trailers, chunked", "trailer: authorization"),
    ...passed,
  },
  {
    ...get(
      "credentials for a proxy",
      `${BASE}/things`,
      ({ key }) => `proxy-authorization: Bearer ${key}`,
      "proxy-connection: keep-alive",
    ),
    ...passed,
  },
  {
    ...get(
      "the key in other headers",
      `${BASE}/things`,
      ({ key }) => `x-api-key: ${key}`,
      ({ key }) => `api-key: ${key}`,
      ({ key }) => `cookie: key=${key}`,
    ),
    ...passed,
  },
  {
    ...get(
      "two Authorizations",
      `${BASE}/things`,
      "authorization: Bearer wrong",
      ({ key }) => `authorization: Bearer ${key}`,
    ),
    statuses: [401],
  },
  { ...get("no Authorization", `${BASE}/things`, "authorization: none"), statuses: [401] },
  {
    ...get(
      "a way that has led here",
      `${BASE}/things`,
      ({ pseudonym }) => `via: 1.1 a, 1.1 ${pseudonym} (x)`,
    ),
    statuses: [508],
    code: "loop_detected",
  },
  {
    ...get("a way that has led to another Weir", `${BASE}/things`, "via: 1.1 weir-other"),
    ...passed,
  },
  {
    ...get("a request id that breaks the line", `${BASE}/things`, "x-request-id: a%0d%0ab\tc"),
    ...passed,
  },
  {
    ...get("an expectation that nobody meets", `${BASE}/things`, "expect: 200-maybe"),
    statuses: [417],
  },
  { ...get("a carriage return in a value", `${BASE}/things`, "range: a\rx-evil: 1"), ...refused },
  { ...get("a NUL in a value", `${BASE}/things`, "range: a\0b"), ...refused },
  { ...get("a space in a name", `${BASE}/things`, "x evil: 1"), ...refused },
  { ...get("a folded header", `${BASE}/things`, "range: a\r\n b"), ...refused },
  {
    ...get(
      "too many headers",
      `${BASE}/things`,
      ...Array.from({ length: 200 }, (_, at) => `x-${at}: 1`),
    ),
    ...refused,
    orElse: [431],
  },
  {
    ...get("an endless header", `${BASE}/things`, `x-long: ${"a".repeat(1_000_000)}`),
    ...refused,
    orElse: [431, 0],
  },
];

/** Bodies that two readers could end at different places. */
export const hostileFraming: readonly HostileRequest[] = [
  {
    ...post(
      "a length and chunks",
      `0\r\n\r\n${SMUGGLED}`,
      "content-length: 5",
      "transfer-encoding: chunked",
    ),
    ...refused,
  },
  {
    ...post(
      "chunks and a length",
      `0\r\n\r\n${SMUGGLED}`,
      "transfer-encoding: chunked",
      "content-length: 5",
    ),
    ...refused,
  },
  { ...post("two lengths", "hello", "content-length: 5", "content-length: 0"), ...refused },
  {
    ...post("a length twice", "hello", "content-length: 5", "content-length: 5"),
    ...refused,
    code: "invalid_content_length",
  },
  { ...post("a list of lengths", "hello", "content-length: 5, 5"), ...refused },
  ...["+5", "-5", "0x5", "5 5", "5.0", "99999999999999999999"].map((length) => ({
    ...post(`the length ${length}`, "hello", `content-length: ${length}`),
    ...refused,
  })),
  { ...post("a length beyond the bound", "hello", "content-length: 99999999999"), statuses: [413] },
  ...["xchunked", "chunked, identity", "\x0bchunked", '"chunked"'].map((coding) => ({
    ...post(`the coding ${JSON.stringify(coding)}`, `0\r\n\r\n`, `transfer-encoding: ${coding}`),
    ...refused,
  })),
  {
    ...post(
      "a coding twice",
      "0\r\n\r\n",
      "transfer-encoding: chunked",
      "transfer-encoding: identity",
    ),
    ...refused,
  },
  {
    ...post("a coding under chunks", "1\r\nx\r\n0\r\n\r\n", "transfer-encoding: gzip, chunked"),
    statuses: [501],
    code: "invalid_transfer_encoding",
  },
  { ...post("a space before the colon", "0\r\n\r\n", "transfer-encoding : chunked"), ...refused },
  ...["zz", "-1", "0x5", "ffffffffffffffffff", "5 5"].map((size) => ({
    ...post(
      `the chunk size ${size}`,
      `${size}\r\nhello\r\n0\r\n\r\n`,
      "transfer-encoding: chunked",
    ),
    ...broken,
  })),
  {
    ...post(
      "a chunk that is longer than it says",
      "2\r\nhello\r\n0\r\n\r\n",
      "transfer-encoding: chunked",
    ),
    ...broken,
  },
  {
    ...post(
      "a trailer that is a header",
      "1\r\nx\r\n0\r\nauthorization: Bearer evil\r\n\r\n",
      "transfer-encoding: chunked",
    ),
    ...posted,
  },
  {
    ...post(
      "a request behind the last chunk",
      `1\r\nx\r\n0\r\n\r\n${SMUGGLED}`,
      "transfer-encoding: chunked",
      "connection: keep-alive",
    ),
    statuses: [200, 401],
    forwarded: ["POST /v1/things"],
  },
  {
    ...post(
      "a request behind the length",
      `x${SMUGGLED}`,
      "content-length: 1",
      "connection: keep-alive",
    ),
    statuses: [200, 401],
    forwarded: ["POST /v1/things"],
  },
  {
    name: "a request in the body of a GET",
    request: ({ key }) =>
      head("GET", `${BASE}/things`, key, [`content-length: ${SMUGGLED.length}`]) + SMUGGLED,
    ...passed,
  },
  {
    name: "a body that never comes to its end",
    request: ({ key }) => head("POST", `${BASE}/things`, key, ["content-length: 50"]) + "hello",
    statuses: [0],
  },
  {
    name: "chunks in HTTP/1.0",
    request: ({ key }) =>
      `POST ${BASE}/things HTTP/1.0\r\nauthorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ...refused,
  },
  { name: "HTTP/0.9", request: () => `GET ${BASE}/things\r\n\r\n`, ...refused, orElse: [0] },
  {
    name: "HTTP/3.0 in words",
    request: ({ key }) => `GET ${BASE}/things HTTP/3.0\r\nauthorization: Bearer ${key}\r\n\r\n`,
    statuses: [505],
  },
  {
    name: "lines that end in LF alone",
    request: (attack) => head("GET", `${BASE}/things`, attack.key, []).replaceAll("\r\n", "\n"),
    ...refused,
  },
];
