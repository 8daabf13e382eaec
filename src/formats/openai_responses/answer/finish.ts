/**
 * Why a response ended: its status, and what it says beside it.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";

export type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

/** Anthropic's word for a conversation that has no room left, which is no short answer. */
const CONTEXT_IS_FULL = "model_context_window_exceeded";

/** How a response that has not failed ends. */
export interface ResponseEnd {
  readonly status: "completed" | "incomplete";
  readonly incompleteReason?: "max_output_tokens" | "content_filter";
}

/** Of a response that goes on without its client, which is all of the answer for now. */
const GOES_ON: readonly unknown[] = ["queued", "in_progress"];

/** Reads the end of a response; `undefined` where it has not ended, or has failed. */
export function decodeFinish(response: JsonObject, hasToolCalls: boolean): Finish | undefined {
  const { status, incomplete_details: details } = response;
  if (status === "completed") {
    return { type: "finish", choice: 0, reason: hasToolCalls ? "tool_calls" : "stop", raw: status };
  }
  if (status !== "incomplete") return undefined;
  const reason = isJsonObject(details) ? details["reason"] : undefined;
  const raw = typeof reason === "string" && reason !== "" ? reason : status;
  return {
    type: "finish",
    choice: 0,
    reason: raw === "content_filter" ? raw : raw === "max_output_tokens" ? "length" : "other",
    raw,
  };
}

/** What the API has; some servers say another word, or none. */
const STATES: readonly unknown[] = ["completed", "incomplete", "failed", "cancelled", ...GOES_ON];

/** Reads the end that the last event of a stream tells: its name says it where the response in it does not. */
export function decodeEnd(
  type: string,
  response: JsonObject,
  hasToolCalls: boolean,
): Finish | undefined {
  const isStated = STATES.includes(response["status"]);
  const status = type.replace(/^response\./, "");
  return decodeFinish(isStated ? response : { ...response, status }, hasToolCalls);
}

/** Reads the state of a response that is no stream's: one that goes on says no more for now. */
export function decodeState(response: JsonObject, hasToolCalls: boolean): Finish | undefined {
  const { status } = response;
  return GOES_ON.includes(status)
    ? { type: "finish", choice: 0, reason: "other", raw: String(status) }
    : decodeFinish(response, hasToolCalls);
}

/** `undefined` where the conversation is full, which is a failure here. */
export function encodeFinish(finish: Finish | undefined): ResponseEnd | undefined {
  if (finish?.raw === CONTEXT_IS_FULL) return undefined;
  switch (finish?.reason) {
    case "length":
      return { status: "incomplete", incompleteReason: "max_output_tokens" };
    case "content_filter":
      return { status: "incomplete", incompleteReason: "content_filter" };
    default:
      return { status: "completed" };
  }
}
