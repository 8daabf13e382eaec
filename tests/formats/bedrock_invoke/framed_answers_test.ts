import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { invokedMessagesOfClients } from "../../../src/formats/bedrock_invoke/mod.ts";
import { AwsEventStreamDecoder } from "../../../src/framing/aws_event_stream.ts";
import { redactor } from "../../support/redactor.ts";

const MAX_BYTES = 1_000;
const START =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message",' +
  '"role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("an event that never ends is not gathered for a frame", () => {
  const observer = invokedMessagesOfClients.answer.streamObserver({
    maxEventBytes: MAX_BYTES,
    choices: 1,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: { id: "1", model: "m", createdSeconds: 0, includeUsage: true },
  });
  const frames = new AwsEventStreamDecoder({ maxMessageBytes: 100_000 });
  const typesOf = (bytes: Uint8Array<ArrayBuffer>) =>
    frames.push(bytes).map(({ headers }) => headers.get(":message-type"));
  assertEquals(typesOf(observer.push(bytesOf(START))), ["event"]);
  const error = assertThrows(() => {
    observer.push(bytesOf('event: content_block_delta\ndata: {"type":"content_block_delta","x":"'));
    for (let piece = 0; piece < 100; piece++) observer.push(bytesOf("a".repeat(MAX_BYTES)));
  }, GatewayError);
  assertEquals(error.code, "event_too_large");
  // Its client is told why the stream ends.
  assertEquals(typesOf(observer.close({ kind: "failed", error })), ["exception"]);
});
