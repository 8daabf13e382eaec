/**
 * Anthropic's Messages: a whole answer as the stream that says the same, and back.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Bytes, dataOf, frame, listOf, objectOf, pieces, textOf, toBytes } from "./frames.ts";

/** What a message says of its end. */
const END_FIELDS = ["stop_reason", "stop_sequence", "stop_details", "container"];

export function toMessagesStream(answer: JsonObject): Bytes {
  const { content, usage, error, context_management: management, ...rest } = answer;
  if (answer["type"] === "error") return toBytes(event({ type: "error", error: error! }));
  const isEnd = ([name]: [string, unknown]): boolean => END_FIELDS.includes(name);
  const head = Object.entries(rest).filter((entry) => !isEnd(entry));
  const end = Object.entries(rest).filter(isEnd);
  const counts = (usage ?? null) === null ? {} : { usage };
  const frames = [
    event({
      type: "message_start",
      message: { ...Object.fromEntries(head), content: [], stop_reason: null, ...counts },
    }),
    ...listOf(content).flatMap(blockEvents),
  ];
  if (error !== undefined) return toBytes([...frames, event({ type: "error", error })].join(""));
  return toBytes([
    ...frames,
    event({
      type: "message_delta",
      delta: Object.fromEntries(end),
      ...(management !== undefined && { context_management: management }),
      ...counts,
    }),
    event({ type: "message_stop" }),
  ].join(""));
}

function event(data: JsonObject): string {
  return frame(data, textOf(data["type"]));
}

function blockEvents(block: JsonObject, index: number): readonly string[] {
  const { start, deltas } = inPieces(block);
  return [
    event({ type: "content_block_start", index, content_block: start }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ];
}

function inPieces(
  block: JsonObject,
): { readonly start: JsonObject; readonly deltas: readonly JsonObject[] } {
  switch (block["type"]) {
    case "text":
      return {
        start: { type: "text", text: "" },
        deltas: [
          ...listOf(block["citations"]).map((citation) => ({ type: "citations_delta", citation })),
          ...pieces(textOf(block["text"])).map((text) => ({ type: "text_delta", text })),
        ],
      };
    case "thinking": {
      const signature = textOf(block["signature"]);
      return {
        start: { type: "thinking", thinking: "", signature: "" },
        deltas: [
          ...pieces(textOf(block["thinking"])).map((thinking) => ({
            type: "thinking_delta",
            thinking,
          })),
          ...(signature === "" ? [] : [{ type: "signature_delta", signature }]),
        ],
      };
    }
    case "tool_use":
    case "server_tool_use": {
      const input = JSON.stringify(block["input"]);
      return {
        start: { ...block, input: {} },
        deltas: input === "{}" ? [] : pieces(input).map((piece) => ({
          type: "input_json_delta",
          partial_json: piece,
        })),
      };
    }
    default:
      return { start: block, deltas: [] };
  }
}

type Fields = { [name: string]: JsonValue | undefined };

/** The whole answer that a client puts together. */
export function fromMessagesStream(stream: Bytes): JsonObject {
  const answer: Fields = {};
  const blocks: Fields[] = [];
  for (const data of dataOf(stream)) {
    switch (data["type"]) {
      case "message_start":
        Object.assign(answer, data["message"]);
        break;
      case "content_block_start":
        blocks.push({ ...objectOf(data["content_block"]) });
        break;
      case "content_block_delta":
        addDelta(blocks.at(-1) ?? {}, objectOf(data["delta"]));
        break;
      case "message_delta": {
        const { type: _, delta, ...rest } = data;
        Object.assign(answer, objectOf(delta), rest);
        break;
      }
      case "error":
        Object.assign(answer, data);
    }
  }
  if (answer["content"] !== undefined) answer["content"] = blocks.map(finished);
  return answer;
}

function addDelta(block: Fields, delta: JsonObject): void {
  for (const [name, value] of Object.entries(delta)) {
    if (name === "type") continue;
    if (name === "citation") {
      block["citations"] = [...listOf(block["citations"]), ...listOf([value!])];
    } else if (name === "signature") block[name] = value;
    else block[name] = textOf(block[name]) + textOf(value);
  }
}

/** The input of a call is JSON once its block is whole. */
function finished(block: Fields): JsonObject {
  const { partial_json: input, ...rest } = block;
  if (typeof input !== "string") return rest;
  try {
    return { ...rest, input: JSON.parse(input) };
  } catch {
    return { ...rest, input };
  }
}
