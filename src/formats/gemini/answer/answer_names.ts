/** What an answer is called, and what its client wants of it. */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { memberOf } from "../request/spelt.ts";

/** The members that stand in every event of a stream as well as in a whole answer. */
export function answerNames(
  start: Extract<ChatEvent, { readonly type: "start" }> | undefined,
  options: Pick<EncodeOptions, "id" | "model">,
): JsonObject {
  return { modelVersion: start?.model ?? options.model, responseId: start?.id ?? options.id };
}

/** Whether the client has asked to see what the model thought: others would take it for the answer. */
export function wantsThoughts(request: JsonObject | undefined): boolean {
  const thinking = objectIn(objectIn(request, "generationConfig"), "thinkingConfig");
  return thinking !== undefined && memberOf(thinking, "includeThoughts") === true;
}

function objectIn(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object === undefined ? undefined : memberOf(object, name);
  return isJsonObject(value) ? value : undefined;
}
