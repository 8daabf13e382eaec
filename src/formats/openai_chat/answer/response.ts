/**
 * Whole answers, `chat.completion` objects.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat_event.ts";
import type { ToolCall } from "../../../core/chat_request.ts";
import type { EncodeOptions } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/json.ts";
import { collectAnswer, type CollectedChoice } from "../../collect_answer.ts";
import { ChunkDecoder } from "./chunk.ts";
import { encodeFinishReason } from "./finish_reason.ts";
import { makeToolCallId } from "./tool_call_id.ts";
import { encodeUsage } from "./usage.ts";

/** Reads an answer. Each of its texts is one event: streamed again, it is not chopped up (T27). */
export function decodeResponse(body: JsonObject): readonly ChatEvent[] {
  const events = new ChunkDecoder().decode(body, "message");
  if (!Array.isArray(body["choices"]) && !events.some(({ type }) => type === "fault")) {
    throw new GatewayError(
      "upstream_invalid_response",
      "The upstream's answer is no chat completion: it has no choices",
    );
  }
  return [...events, { type: "end" }];
}

/** Writes an answer. */
export function encodeResponse(events: readonly ChatEvent[], options: EncodeOptions): JsonObject {
  const { id, model, createdSeconds, choices, usage } = collectAnswer(events);
  return {
    id: id ?? options.id,
    object: "chat.completion",
    created: createdSeconds ?? options.createdSeconds,
    model: model ?? options.model,
    choices: choices.map((choice) => encodeChoice(choice, options.id)),
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
  };
}

function encodeChoice(choice: CollectedChoice, answerId: string): JsonObject {
  const { index, text, reasoning, refusal, toolCalls, logprobs, refusalLogprobs, finish } = choice;
  const hasLogprobs = logprobs.length > 0 || refusalLogprobs.length > 0;
  return {
    index,
    message: {
      role: "assistant",
      // Null stands for "said nothing", beside calls or a refusal.
      content: text === "" && (toolCalls.length > 0 || refusal !== "") ? null : text,
      refusal: refusal === "" ? null : refusal,
      ...(reasoning !== "" && { reasoning_content: reasoning, reasoning }),
      ...(toolCalls.length > 0 && {
        tool_calls: toolCalls.map((call, position) => {
          const id = call.id === "" ? makeToolCallId(answerId, index, position) : call.id;
          return encodeToolCall({ ...call, id });
        }),
      }),
      ...Object.fromEntries(choice.extensions),
    },
    logprobs: hasLogprobs
      ? {
        content: logprobs.length > 0 ? logprobs : null,
        refusal: refusalLogprobs.length > 0 ? refusalLogprobs : null,
      }
      : null,
    finish_reason: finish === undefined ? null : encodeFinishReason(finish.reason, finish.raw),
  };
}

/** Writes a call, as answers hold it and as requests send it back. */
export function encodeToolCall({ id, kind, name, input }: ToolCall): JsonObject {
  return kind === "custom"
    ? { id, type: "custom", custom: { name, input } }
    : { id, type: "function", function: { name, arguments: input } };
}
