/**
 * Ollama's chats: a whole answer as the lines that say the same, and back.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../../src/core/text/json.ts";
import { type Bytes, listOf, objectOf, pieces, textOf, toBytes } from "./frames.ts";

export function toOllamaStream(answer: JsonObject): Bytes {
  const { message, error, logprobs, model, created_at: createdAt, ...end } = answer;
  const { content, thinking, images, tool_calls: calls } = objectOf(message);
  const head = { model, created_at: createdAt };
  const lines: JsonObject[] = [];
  const say = (said: JsonObject, rest: JsonObject = {}): void => {
    lines.push({ ...head, message: { role: "assistant", content: "", ...said }, ...rest });
  };
  for (const piece of pieces(textOf(thinking))) say({ thinking: piece }, { done: false });
  for (const piece of pieces(textOf(content))) say({ content: piece }, { done: false });
  if (images !== undefined) say({ images }, { done: false });
  for (const call of listOf(calls)) say({ tool_calls: [call] }, { done: false });
  if (logprobs !== undefined) say({}, { done: false, logprobs });
  if (error === undefined) say({}, end);
  else lines.push({ error });
  return toBytes(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

type Fields = { [name: string]: JsonValue | undefined };

/** The whole answer that a client puts together. */
export function fromOllamaStream(stream: Bytes): JsonObject {
  const answer: Fields = {};
  const said: Fields = {};
  for (const { message, logprobs, ...rest } of linesOf(stream)) {
    Object.assign(answer, rest);
    if (Array.isArray(logprobs)) answer["logprobs"] = joined(answer["logprobs"], logprobs);
    for (const [name, value] of Object.entries(objectOf(message))) {
      if (Array.isArray(value)) said[name] = joined(said[name], value);
      else said[name] = name === "role" ? value : textOf(said[name]) + textOf(value);
    }
  }
  return Object.keys(said).length === 0 ? answer : { ...answer, message: said };
}

function linesOf(stream: Bytes): readonly JsonObject[] {
  return new TextDecoder().decode(stream).split("\n")
    .filter((line) => line !== "")
    .map((line): JsonValue => JSON.parse(line))
    .filter(isJsonObject);
}

function joined(before: JsonValue | undefined, more: readonly JsonValue[]): JsonValue[] {
  return [...(Array.isArray(before) ? before : []), ...more];
}
