/** Whether a request that did not arrive as it was sent is noticed. */

import { assertStringIncludes, assertThrows } from "@std/assert";
import type { StandInRequest } from "./providers/stand_in.ts";
import type { PassedRequest } from "./recording_proxy.ts";
import { assertUntouched } from "./untouched.ts";

const BODY = '{"model": "m", "seed": 12345678901234567890}';

interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SENT: Sent = {
  path: "/v1/messages?beta=true",
  headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "a,b", "x-api-key": "weir" },
  body: BODY,
};

function asSent({ path, headers, body }: Sent): PassedRequest {
  return {
    method: "POST",
    path,
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
    status: 200,
    answerHeaders: new Headers(),
    answer: Promise.resolve(new Uint8Array()),
  };
}

function asArrived({ path, headers, body }: Sent): StandInRequest {
  return {
    method: "POST",
    path,
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
    json: {},
    atMs: 0,
  };
}

Deno.test("requests in another order and with another key are untouched", () => {
  const other = { ...SENT, body: "{}" };
  const arrived = [other, { ...SENT, headers: { ...SENT.headers, "x-api-key": "provider" } }];
  assertUntouched([SENT, other].map(asSent), arrived.map(asArrived));
});

const TOUCHED: Readonly<Record<string, readonly [arrived: readonly Sent[], says: string]>> = {
  "a request that never arrived": [[], "As many requests"],
  "a request that arrived twice": [[SENT, SENT], "As many requests"],
  "a number that was read and written": [
    [{ ...SENT, body: JSON.stringify(JSON.parse(BODY)) }],
    "No request arrived with the 44 bytes",
  ],
  "a lost query": [[{ ...SENT, path: "/v1/messages" }], "Arrived: /v1/messages "],
  "a lost beta": [
    [{ ...SENT, headers: { ...SENT.headers, "anthropic-beta": "a" } }],
    '"anthropic-beta: a"',
  ],
  "another version": [
    [{ ...SENT, headers: { ...SENT.headers, "anthropic-version": "2026-10-21" } }],
    "2026-10-21",
  ],
};

for (const [what, [arrived, says]] of Object.entries(TOUCHED)) {
  Deno.test(`${what} is noticed`, () => {
    const { message } = assertThrows(
      () => assertUntouched([asSent(SENT)], arrived.map(asArrived)),
      Error,
    );
    assertStringIncludes(message, says);
  });
}
