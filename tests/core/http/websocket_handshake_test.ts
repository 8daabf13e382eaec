import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { HttpRequest } from "../../../src/core/http/http.ts";
import {
  asksForWebSocket,
  checkHandshake,
  offeredProtocols,
} from "../../../src/core/http/websocket_handshake.ts";
import { createOpenWebSocket } from "../../../src/server/websocket/open_websocket.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const RIGHT: Readonly<Record<string, string>> = {
  "upgrade": "websocket",
  "connection": "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

const OPTIONS = {
  protocol: undefined,
  idleTimeoutMs: 1_000,
  maxMessageBytes: 1_000,
  maxBufferedBytes: 1_000,
};

interface Changed {
  readonly method?: string;
  /** `undefined` takes one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: HttpRequest["body"];
}

function requestWith({ method = "GET", headers = {}, body = null }: Changed): HttpRequest {
  const all = Object.entries({ ...RIGHT, ...headers })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    method,
    headers: new Headers(all),
    body,
    target: "/",
    host: "localhost",
    lengthBytes: undefined,
    isSecure: false,
    peerAddress: "",
    signal: new AbortController().signal,
    upgrade: () => {
      throw new Error("Nobody asks for it");
    },
  };
}

const REFUSED:
  readonly (readonly [title: string, changed: Changed, status: number, says: RegExp])[] = [
    ["another method", { method: "POST" }, 426, /new WebSocket/],
    ["no upgrade", { headers: { upgrade: undefined } }, 426, /new WebSocket/],
    ["another upgrade", { headers: { upgrade: "h2c" } }, 426, /new WebSocket/],
    [
      "an upgrade that is not for this connection",
      { headers: { connection: "close" } },
      426,
      /Connection/,
    ],
    ["no version", { headers: { "sec-websocket-version": undefined } }, 426, /13/],
    ["an old version", { headers: { "sec-websocket-version": "8" } }, 426, /13/],
    ["two versions", { headers: { "sec-websocket-version": "13, 8" } }, 426, /13/],
    ["no key", { headers: { "sec-websocket-key": undefined } }, 400, /16 bytes/],
    ["a short key", { headers: { "sec-websocket-key": "AAAA" } }, 400, /16 bytes/],
    [
      "two keys",
      { headers: { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==" } },
      400,
      /16 bytes/,
    ],
    ["a protocol with a blank", { headers: { "sec-websocket-protocol": "a b" } }, 400, /Protocol/],
    [
      "a protocol with a slash",
      { headers: { "sec-websocket-protocol": "a, b/c" } },
      400,
      /encodeURI/,
    ],
    ["a protocol twice", { headers: { "sec-websocket-protocol": "a, a" } }, 400, /each once/],
    [
      "a body",
      { body: { read: () => Promise.resolve(null), cancel: () => {}, takeWhole: () => undefined } },
      400,
      /no body/,
    ],
  ];

for (const [title, changed, status, says] of REFUSED) {
  Deno.test(`a handshake with ${title} is refused with ${status}`, () => {
    const request = requestWith(changed);
    const openWebSocket = createOpenWebSocket(new ManualClock());
    const error = assertThrows(() => openWebSocket(request, OPTIONS), GatewayError);
    assertEquals([error.kind, error.status], ["invalid_request", status]);
    assertMatch(error.message, says);
  });
}

Deno.test("a handshake is answered with the hash of its key, and no extension", () => {
  const headers = {
    "connection": "keep-alive, UPGRADE",
    "upgrade": "WebSocket",
    "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    "sec-websocket-protocol": "chat,superchat",
  };
  const request = requestWith({ headers });
  checkHandshake(request);
  const openWebSocket = createOpenWebSocket(new ManualClock());
  const { answer } = openWebSocket(request, { ...OPTIONS, protocol: "superchat" });
  assertEquals([answer.status, answer.body], [101, null]);
  assertEquals([...answer.headers], [
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    // The example of RFC 6455.
    ["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["sec-websocket-protocol", "superchat"],
  ]);
  assertThrows(() => openWebSocket(request, { ...OPTIONS, protocol: "other" }), Error, "offer");
});

Deno.test("what is offered is a list, with or without blanks and empty places", () => {
  const offered = (list: string) =>
    offeredProtocols(new Headers({ "sec-websocket-protocol": list }));
  assertEquals(offered("a,b , c"), ["a", "b", "c"]);
  assertEquals(offered("a,, ,b"), ["a", "b"]);
  assertEquals(offeredProtocols(new Headers()), []);
  assertEquals(asksForWebSocket(new Headers({ upgrade: "websocket" })), false);
});
