/** What has ended gateways of this kind: requests to leave in the middle of, and noise. */

import type { Random } from "../../src/core/clock.ts";
import { promptOf } from "../faults/fault_provider.ts";
import { requestBytes } from "../support/leaving_client.ts";
import { below } from "../transport/mutated_responses.ts";

/** What the fake LLM is asked to do: answer at length, late, never, wrongly or not at all. */
const PROMPTS = [
  "hi",
  "[tokens=200] [pace=2]",
  "[tokens=20000]",
  "[slow=40]",
  "[slow=60000]",
  "[stall=0]",
  "[stall=1]",
  "[stall=4]",
  "[comments=50] [slow=20]",
  "[error=0]",
  "[error=3]",
  "[malformed=2]",
  "[cut=0]",
  "[cut=3]",
  "[empty]",
  "[nofinish]",
  "[nodone]",
  "[429] [retry-after=0]",
  "[500]",
  "[500] [html]",
  '[tool=look {"a":1}]',
];

export const HANDED_THROUGH = "/v1/moderations";

export const PATHS: readonly string[] = [
  "/v1/chat/completions",
  "/api/v1/chat/completions",
  "/api/v1/inference",
  "/api/v1/inference/stream",
  HANDED_THROUGH,
];

/** A request of any surface, for one of the models. */
export function anyRequest(models: readonly string[], random: Random): Uint8Array<ArrayBuffer> {
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length, random)] as T;
  if (random() < 0.05) return requestBytes("/v1/embeddings", { model: "fake", input: "hi" });
  const content = pick(PROMPTS);
  return requestBytes(pick(PATHS), {
    model: pick(models),
    stream: random() < 0.6,
    messages: [{ role: "user", content }],
  });
}

/** A request whose answer fails in the way of that name; see the fault matrix. */
export function failingRequest(
  fault: string,
  models: readonly string[],
  random: Random,
): Uint8Array<ArrayBuffer> {
  const content = promptOf(fault, crypto.randomUUID());
  return requestBytes(PATHS[below(PATHS.length, random)] ?? "", {
    model: models[below(models.length, random)],
    stream: random() < 0.6,
    messages: [{ role: "user", content }],
    input: content,
  });
}

const CHAT = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n";

/** What is sent to a port by mistake, or by somebody who means harm. */
export function noises(random: Random): readonly Uint8Array<ArrayBuffer>[] {
  const texts = [
    "",
    "\r\n\r\n\r\n",
    "GET / HTTP/0.9\r\n\r\n",
    "GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /%ff%00%2e%2e/%zz HTTP/1.1\r\nhost: x\r\n\r\n",
    `GET /${"a/".repeat(40_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    `${CHAT}content-length: 99999999999999999999\r\n\r\n{}`,
    `${CHAT}content-length: -1\r\n\r\n`,
    `${CHAT}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}`,
    `${CHAT}transfer-encoding: chunked\r\n\r\nzz\r\n`,
    `${CHAT}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`.repeat(50),
    `${CHAT}content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
    `${CHAT}content-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\nno gzip!!`,
    // Huge values, many headers.
    ...[1_000, 16_000, 100_000, 1_000_000].flatMap((length) => [
      `${CHAT}x-huge: ${"v".repeat(length)}\r\ncontent-length: 0\r\n\r\n`,
      `${CHAT}authorization: Bearer ${"k".repeat(length)}\r\ncontent-length: 0\r\n\r\n`,
      `${CHAT}x-request-id: ${"i".repeat(length)}\r\ncontent-length: 0\r\n\r\n`,
      `GET /ws HTTP/1.1\r\nhost: localhost\r\nsec-websocket-protocol: ${
        "p,".repeat(length)
      }\r\n\r\n`,
    ]),
    `${CHAT}${"x-many: v\r\n".repeat(10_000)}\r\n`,
    `${CHAT}x-latin: \xe9\xff\x80\r\ncontent-length: 0\r\n\r\n`,
  ];
  const random64 = Array.from({ length: 40 }, () => {
    const bytes = new Uint8Array(1 + below(4_000, random));
    for (let index = 0; index < bytes.length; index++) bytes[index] = below(256, random);
    return bytes;
  });
  // One character is one byte.
  const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  return [...texts.map(bytesOf), ...random64, ...brokenBodies()];
}

/** Bodies that are not JSON, not UTF-8, too deep or not what they should be. */
function brokenBodies(): readonly Uint8Array<ArrayBuffer>[] {
  const bodies = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "\ufeff{}",
    '{"model":"m","messages":"hi"}',
    '{"model":{"a":1},"messages":[{}]}',
    '{"model":"m","messages":[null,1,[],{"role":1,"content":{"a":[]}}]}',
    '{"model":"\\ud800","messages":[{"role":"user","content":"\\udfff\\u0000"}],"stream":true}',
    '{"model":"m","stream":"yes","stream_options":7,"messages":[],"n":1e999}',
    '{"__proto__":{"x":1},"constructor":1,"model":"m","messages":[]}',
    "[".repeat(100_000),
    `{"model":"m","messages":[{"role":"user","content":${"[".repeat(500)}${"]".repeat(500)}}]}`,
    `{${Array.from({ length: 20_000 }, (_, key) => `"k${key}":1`).join(",")}}`,
  ];
  const paths = ["/v1/chat/completions", "/api/v1/inference", "/v1/embeddings", "/v1/completions"];
  return bodies.flatMap((body) => paths.map((path) => requestBytes(path, body)));
}

/** Whatever follows it is a frame. */
export function upgradeRequest(): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    "GET /ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
}

/** Messages and frames that no client should send. */
export function brokenMessages(): readonly string[] {
  return [
    "",
    "{",
    "null",
    "[]",
    "7",
    '{"type":"inference_request"}',
    '{"type":"inference_request","id":"a","data":null}',
    '{"type":"inference_request","id":"a","data":{"model":"fake","messages":[{}]}}',
    '{"type":"inference_request","id":{"a":1},"data":{}}',
    '{"type":"cancel","id":"nobody"}',
    '{"type":"cancel"}',
    '{"type":"heartbeat","id":[]}',
    '{"type":"__proto__"}',
    '{"type":"close","code":"x","reason":7}',
    "x".repeat(200_000),
    "[".repeat(50_000),
  ];
}

/** Opcodes with payloads, some of which the protocol has no meaning for. */
export const BROKEN_FRAMES: readonly (readonly [opcode: number, payload: string])[] = [
  [0x0, "a continuation of nothing"],
  [0x2, "binary"],
  [0x3, "reserved"],
  [0x7, "reserved"],
  [0x8, ""],
  [0x8, "\x00"],
  [0x8, "\x03\xed"],
  [0x8, "\x03\xe8" + "r".repeat(200)],
  [0x9, "ping"],
  [0x9, "p".repeat(200)],
  [0xa, "a pong that nobody asked for"],
  [0xb, "reserved"],
  [0xf, "reserved"],
];
