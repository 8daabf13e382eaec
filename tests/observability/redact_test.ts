import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { JsonValue } from "../../src/core/text/json.ts";
import { redactJson, redactText } from "../../src/core/text/redactor.ts";
import type { LogFields } from "../../src/observability/log/line_formats.ts";
import { createRedactor } from "../../src/observability/redact.ts";
import { redactedLog } from "../../src/observability/log/redacted_log.ts";
import { formatKey } from "../../src/access/keys/key_form.ts";

const redactor = createRedactor({
  secrets: ["planted-gateway-5e1f", "planted-gateway", "s3cr", "a/b+c=planted", "xyz"],
  addresses: ["https://llm.example.com/v1", "http://10.0.0.5:8000/v1", "http://vllm:8000/v1"],
});

Deno.test("known keys are masked whole, as parts of words, in addresses and with their middle left out", () => {
  const cases: readonly [text: string, shown: string][] = [
    ["planted-gateway-5e1f", "[redacted]"],
    ["xplanted-gateway-5e1fx", "x[redacted]x"],
    ["planted-gateway", "[redacted]"],
    ["provided: plan***5e1f.", "provided: [redacted]."],
    ["provided: plante...", "provided: [redacted]"],
    ["provided: pla…1f", "provided: [redacted]"],
    ["/x?a=a%2Fb%2Bc%3Dplanted", "/x?a=[redacted]"],
    ["a s3cr in words", "a [redacted] in words"],
    ["as3cret", "as3cret"],
    ["xyz", "xyz"],
  ];
  for (const [text, shown] of cases) assertEquals(redactor.forLog(text), shown, text);
});

Deno.test("what looks like a key is masked, known or not", () => {
  const secrets = [
    "sk-abcdefghijklmnopqrstuvwxyz012345",
    "sk-proj-A1b2_C3d4-E5f6",
    "sk-or-v1-0123456789abcdef0123456789abcdef",
    "sk-ab...yz12",
    "sk-proj-****************cdef",
    "a1b2****************c3d4",
    "gsk_0123456789abcdefABCDEF",
    "AIzaSyA0123456789abcdefghijklmnopqrstuv",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    formatKey(new Uint8Array(32).fill(255)),
  ];
  for (const secret of secrets) {
    assertEquals(redactor.forLog(`key: "${secret}", see`), `key: "[redacted]", see`);
  }
  const kept: readonly [text: string, shown: string][] = [
    ["Authorization: Bearer abc123", "Authorization: Bearer [redacted]"],
    ["basic dXNlcjpwYXNzMQ==", "basic [redacted]"],
    ["GET https://x.example/v1?key=abc&alt=sse", "GET https://x.example/v1?key=[redacted]&alt=sse"],
    ["/v1?api_key=abc", "/v1?api_key=[redacted]"],
    ["/v1?a=b&access_token=abc", "/v1?a=b&access_token=[redacted]"],
    ["redis://user:pass@host:6379", "redis://[redacted]@host:6379"],
  ];
  for (const [text, shown] of kept) assertEquals(redactor.forLog(text), shown);
});

Deno.test("ordinary text stays as it is", () => {
  const texts = [
    "gpt-4o-2024-08-06",
    "meta-llama/Llama-3.1-405B-Instruct-FP8:free",
    "3f2b1c9e-1f9a-4c1e-9b6d-8f0a1b2c3d4e",
    "You didn't provide an API key, use Bearer auth (i.e. Authorization: Bearer YOUR_KEY)",
    "Bearer authentication is required",
    "the sk-learn library, a task-1 and a risk-free-return",
    "**bold** and *** and `key_name` is required",
    "Rate limit reached for org-abc123 on tokens per min (TPM): Limit 30000, Used 29999",
  ];
  for (const text of texts) {
    assertStrictEquals(redactor.forLog(text), text);
    assertStrictEquals(redactor.forClient(text), text);
  }
});

Deno.test("clients see neither the upstreams' hosts nor stack traces, the log does", () => {
  const cases: readonly [text: string, shown: string][] = [
    ["POST https://llm.example.com/v1/chat", "POST https://[host]/v1/chat"],
    ["connect 10.0.0.5:8000 refused", "connect [host] refused"],
    ["http://vllm:8000/v1 of vllm", "http://[host]/v1 of vllm"],
    ["dial tcp 192.168.1.20:443, 172.16.0.9", "dial tcp [host], [host]"],
    [
      "8.8.8.8, 172.32.0.1, v10.1.2.3 and 10.1.2.3.4",
      "8.8.8.8, 172.32.0.1, v10.1.2.3 and 10.1.2.3.4",
    ],
    ["see https://platform.example.com/keys", "see https://platform.example.com/keys"],
    ["boom\n    at f (/app/x.js:1:2)\n    at /app/y.js:3:4", "boom"],
    ['no\nTraceback (most recent call last):\n  File "/a.py", line 1, in f\n', "no"],
  ];
  for (const [text, shown] of cases) {
    assertEquals(redactor.forClient(text), shown);
    assertStrictEquals(redactor.forLog(text), text);
  }
});

Deno.test("of a page all that may be a host or a key is masked", () => {
  assertEquals(
    redactor.forClientOfPage(
      "Error at edge-7.cdn.example:8080 (1.2.3.4), ray 8f3e2d1c0b9a8f3e2d1c",
    ),
    "Error at [host] ([host]), ray [redacted]",
  );
});

Deno.test("a secret that is too long for a pattern is masked as well, and keeps nothing else from it", () => {
  const lines = Array.from({ length: 2_000 }, (_, at) => `MIIE+${at}/`.padEnd(64, "="));
  const certificate = ["-----BEGIN CERTIFICATE-----", ...lines].join("\n");
  for (const others of [[], ["planted-key-5e1f"]]) {
    const { forLog, forHeader } = createRedactor({
      secrets: [certificate, ...others],
      addresses: [],
    });
    const text = ["before", certificate, ...others, "after"].join(" ");
    const shown = ["before", "[redacted]", ...others.map(() => "[redacted]"), "after"].join(" ");
    assertEquals([forLog(text), forHeader(text)], [shown, shown]);
  }
});

Deno.test("headers lose the keys that are known, and nothing else", () => {
  assertEquals(redactor.forHeader('"planted-gateway-5e1f"'), '"[redacted]"');
  assertEquals(redactor.forHeader("https://x.example/?token=abc"), "https://x.example/?token=abc");
  const none = createRedactor({ secrets: [], addresses: [] });
  assertEquals(none.forHeader("https://x.example/?key=abc"), "https://x.example/?key=abc");
});

Deno.test("redactJson() reads through escapes and depth, and returns the same object where nothing changes", () => {
  const same = { error: { message: "no", list: [1, null, { a: "b" }] } };
  assertStrictEquals(redactJson(same, redactor.forClient), same);
  assertEquals(
    redactJson({ "planted-gateway": [{ a: "x planted-gateway" }] }, redactor.forClient),
    { "[redacted]": [{ a: "x [redacted]" }] },
  );
  let deep: JsonValue = "planted-gateway";
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  assert(!JSON.stringify(redactJson({ deep }, redactor.forClient)).includes("planted"));
});

Deno.test("redactText() reads JSON as JSON, each field that comes twice, and anything else as text", () => {
  const redact = (text: string) => redactText(text, redactor.forClient);
  const same = '{ "error" : "no" }';
  assertStrictEquals(redact(same), same);
  assertEquals(redact('{"a":"planted\\u002dgateway"}'), '{"a":"[redacted]"}');
  assertEquals(redact('{"a":"planted-gateway","a":"b"}'), '{"a":"b"}');
  assertEquals(redact("<p>planted-gateway</p>"), "<p>[redacted]</p>");
});

Deno.test("a text of a MiB takes no longer than its length, whatever it repeats", () => {
  const repeated = [
    "a",
    "-a",
    "sk-",
    "sk-1",
    "eyJ",
    "eyJ-",
    "eyJa.",
    "Bearer ",
    "://",
    "://a:",
    "?key=",
    "a.",
    " ",
    "Traceback",
    "\n at x",
    "\n\t",
    "a*",
    "**",
    "plante",
    "pla..",
    "pla-",
    "weir_",
    '\n  File "',
  ];
  for (const piece of repeated) {
    const text = piece.repeat(Math.floor(1_048_576 / piece.length));
    const startMs = performance.now();
    redactor.forClientOfPage(text);
    // A tenth of a second where time is in proportion; hours where it is in proportion to the square.
    assert(performance.now() - startMs < 10_000, piece);
  }
});

Deno.test("redactedLog() masks every text but those that are Weir's own or the operator's", () => {
  const lines: (LogFields | undefined)[] = [];
  const write = (_message: string, fields?: LogFields): void => void lines.push(fields);
  const log = redactedLog(
    { debug: write, info: write, warn: write, error: write, later: (line) => line() },
    redactor.forLog,
  );
  const clean = { model: "gpt-4o", status: 200, cause: undefined };
  log.info("call", clean);
  assertStrictEquals(lines[0], clean);
  const secret = "planted-gateway-5e1f";
  const fields = { model: secret, path: `/${secret}`, cause: secret, principal: secret, status: 1 };
  for (const level of ["debug", "info", "warn", "error"] as const) {
    log[level]("call", fields);
    assertEquals(lines.at(-1), {
      model: "[redacted]",
      path: "/[redacted]",
      cause: "[redacted]",
      principal: secret,
      status: 1,
    });
  }
  log.warn("nothing");
  assertEquals(lines.at(-1), undefined);
});

Deno.test("the beginning of a known key is masked where a text was cut in the middle of it", () => {
  const model = "x".repeat(190);
  for (let length = 6; length < "a/b+c=planted".length; length++) {
    const cut = "a/b+c=planted".slice(0, length);
    assertEquals(redactor.forLog(`${model}${cut}`), `${model}[redacted]`, cut);
  }
  for (const text of [`${model}a/b+c`, `${model}a/b+c=plan elsewhere`, "a/b+c=plan"]) {
    assertEquals(redactor.forLog(text), text);
  }
});
