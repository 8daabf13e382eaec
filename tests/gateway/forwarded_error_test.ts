import { assert, assertEquals } from "@std/assert";
import type { ByteSource } from "../../src/core/provider/transport.ts";
import { readForwardedError } from "../../src/gateway/hand_through/forwarded_error.ts";
import { createRedactor } from "../../src/observability/redact.ts";

const SECRET = "sk-planted-upstream-77d0";
const redactor = createRedactor({ secrets: [SECRET], addresses: [] });

function sourceOf(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  const chunks = [bytes];
  return { read: () => Promise.resolve(chunks.shift() ?? null), cancel: () => {} };
}

async function shownOf(body: string | Uint8Array<ArrayBuffer>, type: string, maxBytes = 65_536) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const read = await readForwardedError(sourceOf(bytes), type, maxBytes, redactor);
  return { isRedacted: read.isRedacted, text: new TextDecoder().decode(read.bytes) };
}

Deno.test("a secret is taken out of an error in whatever encoding it comes", async () => {
  const text = JSON.stringify({ error: { message: `Wrong key ${SECRET}` } });
  const utf16 = new Uint8Array(new Uint16Array([...text].map((it) => it.charCodeAt(0))).buffer);
  for (const type of ["application/json; charset=utf-16le", "application/json", "text/plain"]) {
    const { isRedacted, text: shown } = await shownOf(utf16, type);
    assertEquals(JSON.parse(shown), { error: { message: "Wrong key [redacted]" } });
    assert(isRedacted);
  }
  const { text: shown } = await shownOf(text, "application/json; charset=utf-16le");
  assert(!shown.includes(SECRET), shown);
});

Deno.test("a secret that the bound cuts through is taken out, behind escapes as well", async () => {
  const filler = "x".repeat(200);
  for (const kept of [8, 12, SECRET.length - 1]) {
    const { text } = await shownOf(`{"a":"${filler}${SECRET}"}`, "application/json", 206 + kept);
    assertEquals(text, `{"a":"${filler}[redacted]`);
  }
  const escaped = [...SECRET].map((it) => `\\u00${it.charCodeAt(0).toString(16)}`).join("");
  const { text } = await shownOf(`{"a":"${escaped}","b":"${filler}"}`, "application/json", 200);
  assert(text.includes("[redacted]"), text);
});

Deno.test("an error without a secret is handed on byte for byte", async () => {
  for (const body of [`{"a":"\\u0041"}`, "<p>no</p>", ""]) {
    assertEquals(await shownOf(body, "text/html"), { isRedacted: false, text: body });
  }
});
