/** What the stand-in for Anthropic says, whole and as a stream. */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { inPieces } from "./stand_in.ts";

/** Characters of three and four bytes, and others that a stream is cut within, are cut by this. */
const PIECE_CHARACTERS = 7;
const USAGE: JsonObject = {
  input_tokens: 25,
  cache_creation_input_tokens: 11,
  cache_read_input_tokens: 7,
  cache_creation: { ephemeral_5m_input_tokens: 11, ephemeral_1h_input_tokens: 0 },
  service_tier: "standard",
  inference_geo: "global",
};
const OUTPUT_TOKENS = 15;

export interface Answer {
  readonly model: string;
  /** Content blocks as a whole answer has them. */
  readonly blocks: readonly JsonObject[];
  /** Ends a stream in place of its last two events. */
  readonly error?: JsonObject;
}

/** The whole answer. */
export function messageOf({ model, blocks }: Answer): JsonObject {
  return {
    ...emptyMessage(model),
    content: blocks,
    stop_reason: stopReasonOf(blocks),
    usage: { ...USAGE, output_tokens: OUTPUT_TOKENS },
  };
}

function emptyMessage(model: string): JsonObject {
  return {
    id: "msg_01StandIn",
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...USAGE, output_tokens: 1 },
    container: null,
  };
}

function stopReasonOf(blocks: readonly JsonObject[]): string {
  return blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
}

/** The answer as a stream, each event a frame with its name. */
export function streamOf(answer: Answer, headers: Readonly<Record<string, string>>): Response {
  const frames = eventsOf(answer).map((event) => new TextEncoder().encode(frameOf(event)));
  return inPieces(frames, { "content-type": "text/event-stream; charset=utf-8", ...headers });
}

/** One event of a stream. */
export function frameOf(event: JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The events of a stream, in order. */
export function eventsOf({ model, blocks, error }: Answer): JsonObject[] {
  const start = { type: "message_start", message: emptyMessage(model) };
  const content = blocks.flatMap(blockEvents);
  if (error !== undefined) return [start, { type: "ping" }, ...content, { type: "error", error }];
  const delta = { stop_reason: stopReasonOf(blocks), stop_sequence: null };
  return [
    start,
    { type: "ping" },
    ...content,
    { type: "message_delta", delta, usage: { output_tokens: OUTPUT_TOKENS } },
    { type: "message_stop" },
  ];
}

function blockEvents(block: JsonObject, index: number): JsonObject[] {
  const { opened, deltas } = openedAndDeltas(block);
  return [
    { type: "content_block_start", index, content_block: opened },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

function openedAndDeltas(block: JsonObject): { opened: JsonObject; deltas: JsonObject[] } {
  switch (block.type) {
    case "text":
      return {
        opened: { ...block, text: "" },
        deltas: piecesOf(block.text).map((text) => ({ type: "text_delta", text })),
      };
    case "thinking":
      return {
        opened: { type: "thinking", thinking: "", signature: "" },
        deltas: [
          ...piecesOf(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
          { type: "signature_delta", signature: block.signature },
        ],
      };
    case "tool_use":
      return {
        opened: { ...block, input: {} },
        deltas: piecesOf(JSON.stringify(block.input)).map((json) => ({
          type: "input_json_delta",
          partial_json: json,
        })),
      };
    default:
      return { opened: block, deltas: [] };
  }
}

function piecesOf(text: unknown): string[] {
  return String(text).match(new RegExp(`.{1,${PIECE_CHARACTERS}}`, "gsu")) ?? [];
}
