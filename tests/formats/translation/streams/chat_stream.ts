/**
 * OpenAI's chat: a whole answer as the stream that says the same, and back.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Bytes, dataOf, frame, listOf, objectOf, pieces, textOf, toBytes } from "./frames.ts";

/** Fields of a message that grow. */
const TEXTS = ["reasoning_content", "reasoning", "content", "refusal"];

/** Fields of a message that are lists of whole things. */
const LISTS = ["annotations", "images"];

export function toChatStream(answer: JsonObject): Bytes {
  const { choices, usage, error, ...head } = answer;
  const chunk = (fields: JsonObject): string =>
    frame({ ...head, object: "chat.completion.chunk", ...fields });
  const frames = listOf(choices).flatMap((choice, place) => {
    const { message, index = place, finish_reason: reason = null, logprobs = null, ...rest } =
      choice;
    const piece = (fields: JsonObject): string =>
      chunk({ choices: [{ index, finish_reason: null, ...fields }] });
    const deltas = deltasOf(objectOf(message)).map((delta) => piece({ delta }));
    return [
      piece({ delta: { role: "assistant", content: "" } }),
      ...(logprobs === null ? [] : [piece({ delta: {}, logprobs })]),
      ...deltas,
      ...(reason === null ? [] : [piece({ delta: {}, ...rest, finish_reason: reason })]),
    ];
  });
  if ((usage ?? null) !== null) frames.push(chunk({ choices: [], usage: usage! }));
  if (error !== undefined) return toBytes([...frames, frame({ error })].join(""));
  return toBytes([...frames, "data: [DONE]\n\n"].join(""));
}

function deltasOf(message: JsonObject): readonly JsonObject[] {
  const deltas: JsonObject[] = listOf(message["reasoning_details"])
    .map((detail, index) => ({ reasoning_details: [{ ...detail, index }] }));
  for (const name of TEXTS) {
    deltas.push(...pieces(textOf(message[name])).map((piece) => ({ [name]: piece })));
  }
  for (const name of LISTS) {
    deltas.push(...listOf(message[name]).map((item) => ({ [name]: [item] })));
  }
  if (message["audio"] !== undefined) deltas.push({ audio: message["audio"] });
  if (message["function_call"] !== undefined) {
    deltas.push({ function_call: message["function_call"] });
  }
  listOf(message["tool_calls"]).forEach((call, index) => deltas.push(...callDeltas(call, index)));
  return deltas;
}

function callDeltas(call: JsonObject, index: number): readonly JsonObject[] {
  const [field, grows] = call["type"] === "custom"
    ? ["custom", "input"]
    : ["function", "arguments"];
  const said = objectOf(call[field]);
  const delta = (fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] });
  return [
    delta({ ...call, [field]: { ...said, [grows]: "" } }),
    ...pieces(textOf(said[grows])).map((piece) => delta({ [field]: { [grows]: piece } })),
  ];
}

type Fields = { [name: string]: JsonValue | undefined };

/** The whole answer that a client puts together. */
export function fromChatStream(stream: Bytes): JsonObject {
  const answer: Fields = {};
  const choices = new Map<JsonValue | undefined, Fields & { message: Fields }>();
  for (const { choices: parts, usage, ...rest } of dataOf(stream)) {
    Object.assign(answer, rest);
    if ((usage ?? null) !== null) answer["usage"] = usage;
    for (const { index, delta, logprobs, finish_reason: reason, ...others } of listOf(parts)) {
      const choice: Fields & { message: Fields } = choices.get(index) ?? { index, message: {} };
      choices.set(index, choice);
      Object.assign(choice, others);
      if ((reason ?? null) !== null) choice["finish_reason"] = reason;
      if ((logprobs ?? null) !== null) choice["logprobs"] = logprobs;
      addDelta(choice.message, objectOf(delta));
    }
  }
  if (choices.size > 0) answer["choices"] = [...choices.values()];
  return answer;
}

function addDelta(message: Fields, delta: JsonObject): void {
  for (const [name, value] of Object.entries(delta)) {
    if (value === undefined || value === null) continue;
    if (name === "tool_calls" || name === "reasoning_details") {
      message[name] = listOf(value).reduce(addItem, listOf(message[name]));
    } else if (LISTS.includes(name)) message[name] = [...listOf(message[name]), ...listOf(value)];
    else if (typeof value === "string" && name !== "role") {
      message[name] = textOf(message[name]) + value;
    } else message[name] = value;
  }
  if (message["content"] === "" && message["tool_calls"] !== undefined) message["content"] = null;
}

/** Pieces of one index are one thing: their texts grow, and what is no text is said once. */
function addItem(items: readonly JsonObject[], piece: JsonObject): readonly JsonObject[] {
  const index = piece["index"];
  const known = items.find((item) => item["index"] === index && sameType(item, piece));
  if (known === undefined) return [...items, piece];
  return items.map((item) => item === known ? joined(known, piece) : item);
}

function sameType(item: JsonObject, piece: JsonObject): boolean {
  return piece["type"] === undefined || item["type"] === piece["type"];
}

const GROWING = new Set(["text", "summary", "data", "arguments", "input"]);

function joined(known: JsonObject, piece: JsonObject): JsonObject {
  const fields: Fields = { ...known };
  for (const [name, value] of Object.entries(piece)) {
    if (value === undefined || value === null) continue;
    const before = fields[name];
    if (typeof value === "string" && GROWING.has(name)) fields[name] = textOf(before) + value;
    else if (name === "function" || name === "custom") {
      fields[name] = joined(objectOf(before), objectOf(value));
    } else fields[name] = value;
  }
  return fields;
}
