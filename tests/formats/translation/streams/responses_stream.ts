/**
 * OpenAI's Responses: a whole answer as the stream that says the same, and back.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Bytes, dataOf, frame, listOf, pieces, textOf, toBytes } from "./frames.ts";

export function toResponsesStream(answer: JsonObject): Bytes {
  if (answer["output"] === undefined) return toBytes(event({ ...answer, type: "error" }));
  const { status } = answer;
  const response = { ...answer, status: "in_progress", output: [], error: null, usage: null };
  return toBytes([
    event({ type: "response.created", response }),
    event({ type: "response.in_progress", response }),
    ...listOf(answer["output"]).flatMap(itemEvents),
    event({ type: `response.${textOf(status)}`, response: answer }),
  ].join(""));
}

function event(data: JsonObject): string {
  return frame(data, textOf(data["type"]));
}

function itemEvents(item: JsonObject, index: number): readonly string[] {
  const { begun, events } = inPieces(item);
  const at = { output_index: index };
  return [
    event({ type: "response.output_item.added", ...at, item: begun }),
    ...events.map((data) => event({ ...data, ...at })),
    event({ type: "response.output_item.done", ...at, item }),
  ];
}

function inPieces(
  item: JsonObject,
): { readonly begun: JsonObject; readonly events: readonly JsonObject[] } {
  const grow = (type: string, text: JsonValue | undefined, place: JsonObject = {}) =>
    pieces(textOf(text)).map((delta) => ({ type: `response.${type}.delta`, ...place, delta }));
  switch (item["type"]) {
    case "message":
      return {
        begun: { ...item, content: [] },
        events: listOf(item["content"]).flatMap((part, index) => partEvents(part, index)),
      };
    case "reasoning":
      return {
        begun: { ...item, summary: [], encrypted_content: null },
        events: listOf(item["summary"]).flatMap(({ text }, index) =>
          grow("reasoning_summary_text", text, { summary_index: index })
        ),
      };
    case "function_call":
      return {
        begun: { ...item, arguments: "" },
        events: grow("function_call_arguments", item["arguments"]),
      };
    case "custom_tool_call":
      return {
        begun: { ...item, input: "" },
        events: grow("custom_tool_call_input", item["input"]),
      };
    default:
      return { begun: item, events: [] };
  }
}

function partEvents(part: JsonObject, index: number): readonly JsonObject[] {
  const { type, text, refusal, annotations, logprobs = [] } = part;
  const place = { content_index: index };
  const kind = type === "refusal" ? "refusal" : "output_text";
  const deltas = pieces(textOf(text ?? refusal)).map((delta, position) => ({
    type: `response.${kind}.delta`,
    ...place,
    delta,
    logprobs: position === 0 ? logprobs : [],
  }));
  return [
    {
      type: "response.content_part.added",
      ...place,
      part: type === "refusal" ? { type, refusal: "" } : { type: kind, text: "", annotations: [] },
    },
    ...deltas,
    ...listOf(annotations).map((annotation) => ({
      type: "response.output_text.annotation.added",
      ...place,
      annotation,
    })),
    { type: `response.${kind}.done`, ...place, text: text ?? null, refusal: refusal ?? null },
    { type: "response.content_part.done", ...place, part },
  ];
}

/** The whole answer that a client puts together: the items that were done, in the last event's response. */
export function fromResponsesStream(stream: Bytes): JsonObject {
  const events = dataOf(stream);
  const items = events.filter(({ type }) => type === "response.output_item.done")
    .map(({ item }) => item!);
  const last = events.findLast(({ response }) => response !== undefined)?.["response"];
  return { ...last as JsonObject, output: items };
}
