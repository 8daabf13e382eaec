/**
 * Gemini's API: a whole answer as the stream that says the same, and back.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Bytes, dataOf, listOf, objectOf, pieces, textOf, toBytes } from "./frames.ts";

export function toGeminiStream(answer: JsonObject): Bytes {
  const { candidates, error, usageMetadata, ...names } = answer;
  const event = (body: JsonObject): string => `data: ${JSON.stringify(body)}\r\n\r\n`;
  const counts = usageMetadata === undefined ? {} : { usageMetadata };
  const events = listOf(candidates).flatMap(({ content, index = 0, ...end }) => {
    const { parts, ...rest } = objectOf(content);
    const said = listOf(parts).flatMap(inPieces).map((part) =>
      event({ candidates: [{ content: { parts: [part], ...rest }, index }], ...names })
    );
    return [...said, event({ candidates: [{ index, ...end }], ...counts, ...names })];
  });
  if (candidates === undefined && error === undefined) events.push(event({ ...counts, ...names }));
  if (error !== undefined) events.push(event({ error }));
  return toBytes(events.join(""));
}

function inPieces(part: JsonObject): readonly JsonObject[] {
  const { text, thoughtSignature, ...rest } = part;
  if (typeof text !== "string") return [part];
  const texts = pieces(text);
  const [last = "", ...before] = texts.toReversed();
  const signed = thoughtSignature === undefined ? {} : { thoughtSignature };
  return [...before.map((piece) => ({ text: piece, ...rest })), { text: last, ...rest, ...signed }];
}

type Fields = { [name: string]: JsonValue | undefined };

/** The whole answer that a client puts together. */
export function fromGeminiStream(stream: Bytes): JsonObject {
  const answer: Fields = {};
  const candidates = new Map<JsonValue, Fields>();
  for (const { candidates: parts, ...rest } of dataOf(stream)) {
    Object.assign(answer, rest);
    for (const { index = 0, content, ...end } of listOf(parts)) {
      const candidate = candidates.get(index) ?? { index, content: { role: "model", parts: [] } };
      Object.assign(candidate, end);
      const said = listOf(objectOf(candidate["content"])["parts"]);
      const joined = listOf(objectOf(content)["parts"]).reduce(addPart, said);
      candidate["content"] = { role: "model", parts: joined };
      candidates.set(index, candidate);
    }
  }
  if (candidates.size > 0) answer["candidates"] = [...candidates.values()] as JsonObject[]; // Filled above.
  return answer;
}

/** Texts of one kind that follow one another are one. */
function addPart(parts: readonly JsonObject[], part: JsonObject): readonly JsonObject[] {
  const last = parts.at(-1);
  if (part["text"] === "" && part["thoughtSignature"] === undefined) return parts;
  const isSame = typeof last?.["text"] === "string" && typeof part["text"] === "string" &&
    last["thought"] === part["thought"];
  if (!isSame) return [...parts, part];
  return [...parts.slice(0, -1), {
    ...last,
    ...part,
    text: textOf(last["text"]) + textOf(part["text"]),
  }];
}
