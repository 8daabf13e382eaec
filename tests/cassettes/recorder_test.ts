/** No secret is in a recording, wherever it stood. */

import { assert, assertEquals } from "@std/assert";
import type { RecordedExchange } from "../../src/cassettes/exchange.ts";
import { recordTransport } from "../../src/cassettes/recorder.ts";
import type { HeaderList } from "../../src/core/provider/transport.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const OWN = "clients-own-credential-1";
const KNOWN = "planted-secret-2";

async function record(
  headers: HeaderList,
  body: Uint8Array<ArrayBuffer>,
  answer: string,
): Promise<string> {
  const kept: RecordedExchange[] = [];
  const transport = recordTransport(() => {
    const parts = [new TextEncoder().encode(answer), null];
    return Promise.resolve({
      status: 401,
      headers: new Headers({ "x-echo": answer }),
      body: { read: () => Promise.resolve(parts.shift() ?? null), cancel: () => {} },
    });
  }, {
    clock: new ManualClock(),
    redact: (text) => text.replaceAll(KNOWN, "[redacted]"),
    maxExchangeBytes: 10_000,
    keep: (exchange) => kept.push(exchange),
  });
  const url = new URL("http://provider.test/v1/files");
  const request = { method: "POST", url, headers, body };
  const response = await transport(request, new AbortController().signal);
  while (await response.body.read() !== null);
  assertEquals(kept.length, 1);
  return JSON.stringify(kept);
}

Deno.test("a client's own credentials are in no recording, though its provider repeats them", async () => {
  const body = new TextEncoder().encode('{"a":1}');
  for (const header of ["authorization", "x-api-key", "api-key", "x-goog-api-key"]) {
    const value = header === "authorization" ? `Bearer ${OWN}` : OWN;
    const shown = await record([[header, value]], body, `wrong key ${OWN}`);
    assert(!shown.includes(OWN), shown);
    assert(shown.includes("wrong key [redacted]"));
  }
});

Deno.test("a secret in a form with a file, or in a list, is masked as in an object", async () => {
  const form = new TextEncoder().encode(`name="a"\r\n\r\n${KNOWN}\r\n-\r\n\u0001?`);
  form[form.length - 1] = 0xff; // It is no UTF-8.
  const bodies = [form, new TextEncoder().encode(`["\\u0070${KNOWN.slice(1)}"]`)];
  for (const body of bodies) {
    const shown = await record([], body, "fine");
    const bytes = /"base64":"([^"]*)"/.exec(shown)?.[1] ?? "";
    assert(!shown.includes(KNOWN) && !atob(bytes).includes(KNOWN), shown);
    assert(shown.includes("[redacted]"), shown);
  }
});
