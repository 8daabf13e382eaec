/** AWS's event stream: its vector, every cut, and damage of every byte. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import {
  AwsEventStreamDecoder,
  type AwsMessage,
  encodeAwsMessage,
} from "../../src/framing/aws_event_stream.ts";
import { crc32 } from "../../src/framing/crc32.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { joined, randomCuts, seededRandom } from "./cuts.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Of AWS's own encoder: an event `chunk` with the payload `{"bytes":"e30="}`. */
const VECTOR = bytesOf(
  "0000006b0000004b6ace012d0b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d74797065" +
    "0700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22627974" +
    "6573223a226533303d227d3651dbfe",
);
const HEADERS = {
  ":event-type": "chunk",
  ":content-type": "application/json",
  ":message-type": "event",
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function bytesOf(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** What the messages say, or how they are refused. */
function read(chunks: readonly Bytes[], maxMessageBytes = 1_024): readonly string[] {
  const frames = new AwsEventStreamDecoder({ maxMessageBytes });
  const said: string[] = [];
  const note = (messages: readonly AwsMessage[]): void => {
    for (const { headers, payload } of messages) {
      said.push(`${[...headers].join()} ${decoder.decode(payload)}`);
    }
  };
  try {
    for (const chunk of chunks) note(frames.push(chunk));
    frames.flush();
  } catch (thrown) {
    assert(thrown instanceof GatewayError && thrown.kind === "upstream_invalid_response");
    said.push(thrown.code);
  }
  return said;
}

Deno.test("crc32() is that of ISO 3309", () => {
  assertEquals(crc32(encoder.encode("123456789")), 0xcbf43926);
});

Deno.test("the vector is read and written as AWS does", () => {
  assertEquals(encodeAwsMessage(HEADERS, encoder.encode('{"bytes":"e30="}')), VECTOR);
  const [message] = new AwsEventStreamDecoder({ maxMessageBytes: 1_024 }).push(VECTOR);
  assertEquals(Object.fromEntries(message?.headers ?? []), HEADERS);
  assertEquals(decoder.decode(message?.payload), '{"bytes":"e30="}');
});

Deno.test("values of every type are passed over", () => {
  // One of each: true, false, 8, 16, 32 and 64 bits, bytes, a moment, a UUID; then a text.
  const values = ["00", "01", "0207", "030007", "0400000007", `05${"00".repeat(7)}07`]
    .concat(["0600020102", `08${"00".repeat(8)}`, `09${"00".repeat(16)}`, "070002c3a9"]);
  const headers = bytesOf(values.map((value) => `0161${value}`).join(""));
  const prelude = new Uint8Array(12);
  const view = new DataView(prelude.buffer);
  view.setUint32(0, headers.length + 16);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(prelude.subarray(0, 8)));
  const unsigned = joined([prelude, headers]);
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, crc32(unsigned));
  assertEquals(read([unsigned, sum]), ["a,é "]);
});

Deno.test("a stream says the same however it is cut", () => {
  const payloads = ['{"bytes":"e30="}', "", "é€😀", "x".repeat(500)];
  const stream = joined(
    payloads.map((payload) => encodeAwsMessage(HEADERS, encoder.encode(payload))),
  );
  const whole = read([stream]);
  assertEquals(whole.length, payloads.length);
  for (let cut = 0; cut <= stream.length; cut++) {
    assertEquals(read([stream.slice(0, cut), stream.slice(cut)]), whole, `cut at ${cut}`);
  }
  assertEquals(read([...stream].map((byte) => Uint8Array.of(byte))), whole);
});

Deno.test("a byte that is changed is found, wherever it is and however the stream is cut", () => {
  const endsMs = performance.now() + 1_000 * fuzzSeconds(0.2);
  const stream = joined([VECTOR, VECTOR]);
  for (let at = 0; at < stream.length; at++) {
    const damaged = stream.slice();
    damaged[at]! ^= 1 << (at % 8);
    const said = read([damaged]);
    assert(said.at(-1)?.startsWith("event_"), `byte ${at}: ${said}`);
    assertEquals(said.length, at < VECTOR.length ? 1 : 2);
  }
  for (let seed = FIRST_SEED; performance.now() < endsMs; seed++) {
    const random = seededRandom(seed);
    const damaged = stream.slice();
    damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
    assertEquals(read(randomCuts(damaged, 64, random)), read([damaged]), `seed ${seed}`);
  }
});

Deno.test("a message over its bound is refused as soon as its length is known", () => {
  const frames = new AwsEventStreamDecoder({ maxMessageBytes: VECTOR.length - 1 });
  assertThrows(() => frames.push(VECTOR.slice(0, 12)), GatewayError, "more than 106 bytes");
  assertEquals(read([VECTOR], VECTOR.length).length, 1);
});
