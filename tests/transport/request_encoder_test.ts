import { assertEquals, assertThrows } from "@std/assert";
import { OutputBuffers } from "../../src/bytes/output_buffers.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { HeaderList } from "../../src/core/provider/transport.ts";
import { createEncodeRequest } from "../../src/transport/request_encoder.ts";

const DECODER = new TextDecoder("latin1");
const url = new URL("http://provider.example/v1/chat?x=1");

const encode = createEncodeRequest(new OutputBuffers(), ["via", "1.1 weir-1"]);

function head(headers: HeaderList): string {
  return DECODER.decode(encode({ method: "GET", url, headers }).message);
}

Deno.test("a header is sent as it is now, whatever it was in the request before", () => {
  const before = head([["x-request-id", "1"], ["accept", "a/b"]]);
  assertEquals(
    before,
    "GET /v1/chat?x=1 HTTP/1.1\r\nhost: provider.example\r\nx-request-id: 1\r\naccept: a/b\r\n" +
      "accept-encoding: identity\r\nvia: 1.1 weir-1\r\n\r\n",
  );
  const other = head([["x-request-id", "2"], ["accept", "a/b"]]);
  assertEquals(other, before.replace("x-request-id: 1", "x-request-id: 2"));
  assertEquals(head([["x-request-id", "1"], ["accept", "a/b"]]), before);
});

Deno.test("a value that cannot be sent is refused, also after a good one of its name, and again", () => {
  head([["x-tag", "good"]]);
  for (let time = 0; time < 2; time++) {
    const error = assertThrows(() => head([["x-tag", "a\r\nb: c"]]), GatewayError);
    assertEquals(error.kind, "invalid_request");
  }
  assertEquals(head([["X-Tag", "good"]]).includes("\r\nx-tag: good\r\n"), true);
});

Deno.test("what belongs to the connection never crosses, in whatever case, and again", () => {
  for (let time = 0; time < 2; time++) {
    const sent = head([["Content-Length", "3"], ["connection", "close"], [
      "Accept-Encoding",
      "gzip",
    ]]);
    assertEquals(
      sent,
      "GET /v1/chat?x=1 HTTP/1.1\r\nhost: provider.example\r\naccept-encoding: gzip\r\nvia: 1.1 weir-1\r\n\r\n",
    );
  }
});

Deno.test("more names than are remembered are sent all the same", () => {
  const headers = Array.from({ length: 600 }, (_, index) => [`x-${index}`, `${index}`] as const);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  assertEquals(head(headers).includes(lines), true);
  assertEquals(head(headers).includes(lines), true);
});

Deno.test("a short body leaves with its head, a long one follows it without a copy", () => {
  const post = (body: Uint8Array<ArrayBuffer>) =>
    encode({ method: "POST", url, headers: [], body });
  const short = post(new TextEncoder().encode("{}"));
  assertEquals(DECODER.decode(short.message).endsWith("content-length: 2\r\n\r\n{}"), true);
  assertEquals(short.longBody, undefined);
  const body = new Uint8Array(60_001);
  const long = post(body);
  assertEquals(DECODER.decode(long.message).endsWith("content-length: 60001\r\n\r\n"), true);
  assertEquals(long.longBody, body);
});

Deno.test("characters beyond ASCII are bytes", () => {
  const { message } = encode({ method: "GET", url, headers: [["x-name", "J\u00fcrgen"]] });
  assertEquals(DECODER.decode(message).includes("x-name: J\u00fcrgen\r\n"), true);
  assertEquals(message.length, DECODER.decode(message).length);
});
