/**
 * Bedrock's Converse: a whole answer as the stream that says the same.
 *
 * @module
 */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { encodeAwsMessage } from "../../../../src/framing/aws_event_stream.ts";
import { type Bytes, listOf, objectOf, pieces, textOf } from "./frames.ts";

const utf8 = new TextEncoder();

export function toConverseStream(answer: JsonObject): Bytes {
  const { output, stopReason, usage, __type: exception, message } = answer;
  const content = listOf(objectOf(objectOf(output)["message"])["content"]);
  const begun = [
    event("messageStart", { role: "assistant" }),
    ...content.flatMap(blockEvents),
  ];
  if (exception !== undefined) {
    const fault = frame(
      { ":exception-type": textOf(exception), ":message-type": "exception" },
      { message: textOf(message) },
    );
    return joined(output === undefined ? [fault] : [...begun, fault]);
  }
  return joined([
    ...begun,
    event("messageStop", { stopReason: stopReason ?? null }),
    event("metadata", { ...(usage !== undefined && { usage }), metrics: { latencyMs: 1 } }),
  ]);
}

function blockEvents(block: JsonObject, contentBlockIndex: number): readonly Bytes[] {
  const { start, deltas } = inPieces(block);
  const at = { contentBlockIndex };
  return [
    ...(start === undefined ? [] : [event("contentBlockStart", { ...at, start })]),
    ...deltas.map((delta) => event("contentBlockDelta", { ...at, delta })),
    event("contentBlockStop", at),
  ];
}

interface Pieces {
  readonly start?: JsonObject;
  readonly deltas: readonly JsonObject[];
}

function inPieces(block: JsonObject): Pieces {
  const { text, reasoningContent, toolUse, citationsContent, image } = block;
  if (text !== undefined) return { deltas: textDeltas(textOf(text)) };
  if (reasoningContent !== undefined) return { deltas: thoughts(objectOf(reasoningContent)) };
  if (toolUse !== undefined) {
    const { input, ...start } = objectOf(toolUse);
    const written = JSON.stringify(input);
    const texts = written === "{}" ? [] : pieces(written);
    return { start: { toolUse: start }, deltas: texts.map((one) => ({ toolUse: { input: one } })) };
  }
  if (citationsContent !== undefined) {
    const { content, citations } = objectOf(citationsContent);
    return {
      deltas: [
        ...listOf(content).flatMap((part) => textDeltas(textOf(part["text"]))),
        ...listOf(citations).map((citation) => ({ citation })),
      ],
    };
  }
  if (image !== undefined) {
    const { format = null, ...delta } = objectOf(image);
    return { start: { image: { format } }, deltas: [{ image: delta }] };
  }
  return { start: block, deltas: [] };
}

function textDeltas(text: string): readonly JsonObject[] {
  return pieces(text).map((piece) => ({ text: piece }));
}

function thoughts({ reasoningText, redactedContent }: JsonObject): readonly JsonObject[] {
  if (redactedContent !== undefined) return [{ reasoningContent: { redactedContent } }];
  const { text, signature } = objectOf(reasoningText);
  return [
    ...textDeltas(textOf(text)).map((reasoningContent) => ({ reasoningContent })),
    ...(signature === undefined ? [] : [{ reasoningContent: { signature } }]),
  ];
}

function event(type: string, payload: JsonObject): Bytes {
  return frame({ ":event-type": type, ":message-type": "event" }, payload);
}

function frame(headers: Readonly<Record<string, string>>, payload: JsonObject): Bytes {
  return encodeAwsMessage(headers, utf8.encode(JSON.stringify(payload)));
}

function joined(frames: readonly Bytes[]): Bytes {
  return new Uint8Array(frames.flatMap((bytes) => [...bytes]));
}
