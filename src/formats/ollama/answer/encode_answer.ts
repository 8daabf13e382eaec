/** Whole answers, written. */

import type { ChatEvent, Part } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { collectAnswer } from "../../collect_answer.ts";
import type { AnswerShape, SaidFields } from "./answer_shape.ts";
import { createdAt, encodeEnd } from "./finish.ts";
import { growingField, saidWhole } from "./said_parts.ts";

/** Writes an answer. Of several choices only the first has a place in the format. */
export function encodeAnswer(
  events: readonly ChatEvent[],
  shape: AnswerShape,
  options: EncodeOptions,
): JsonObject {
  const { model = options.model, choices, usage } = collectAnswer(events);
  const choice = choices.find(({ index }) => index === 0);
  const finish = choice?.finish && { type: "finish" as const, choice: 0, ...choice.finish };
  const times = { firstMs: undefined, endMs: options.elapsedMs?.() ?? 0 };
  return {
    model,
    created_at: createdAt(options),
    ...shape.write(saidIn(choice?.parts ?? [])),
    ...(choice !== undefined && choice.logprobs.length > 0 && { logprobs: choice.logprobs }),
    ...encodeEnd(finish, usage, times),
  };
}

function saidIn(parts: readonly Part[]): SaidFields {
  const texts = { content: "", thinking: "" };
  const lists: Record<"tool_calls" | "images", JsonValue[]> = { tool_calls: [], images: [] };
  for (const part of parts) {
    const field = growingField(part);
    if (field !== undefined && "text" in part) texts[field] += part.text;
    const { tool_calls: calls, images } = saidWhole(part, lists.tool_calls.length) ?? {};
    if (Array.isArray(calls)) lists.tool_calls.push(...calls);
    if (Array.isArray(images)) lists.images.push(...images);
  }
  return {
    content: texts.content,
    ...(texts.thinking !== "" && { thinking: texts.thinking }),
    ...(lists.images.length > 0 && { images: lists.images }),
    ...(lists.tool_calls.length > 0 && { tool_calls: lists.tool_calls }),
  };
}
