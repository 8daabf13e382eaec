/**
 * Whole answers, `chat.completion` objects.
 *
 * @module
 */

import type { ChatEvent, Part, ToolCallPart } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { collectAnswer, type CollectedChoice } from "../../collect_answer.ts";
import { answerId, NAME } from "../name.ts";
import { writeCallSeal } from "./call_seal.ts";
import { ChunkDecoder } from "./chunk.ts";
import { encodeFinishReason } from "./finish_reason.ts";
import { encodeCitation, encodeImage } from "./part_deltas.ts";
import { writeSealedDetail, writeTextDetail } from "./reasoning_details.ts";
import { makeToolCallId, NO_ARGUMENTS } from "./tool_call_id.ts";
import { encodeUsage } from "./usage.ts";

/** Reads an answer. Each of its texts is one event: streamed again, it is not chopped up (T27). */
export function decodeWhole(body: JsonObject): readonly ChatEvent[] {
  const decoder = new ChunkDecoder();
  const events = decoder.decode(body, "message");
  if (!Array.isArray(body["choices"]) && !events.some(({ type }) => type === "fault")) {
    throw new GatewayError(
      "upstream_invalid_response",
      "The upstream's answer is no chat completion: it has no choices",
    );
  }
  return [...events, ...decoder.end(), { type: "end" }];
}

/** Writes an answer. */
export function encodeWhole(events: readonly ChatEvent[], options: EncodeOptions): JsonObject {
  const { id, model, createdSeconds, choices, usage } = collectAnswer(events);
  const ownId = answerId(options.id);
  return {
    id: id ?? ownId,
    object: "chat.completion",
    created: createdSeconds ?? options.createdSeconds,
    model: model ?? options.model,
    choices: choices.map((choice) => encodeChoice(choice, ownId)),
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
  };
}

function encodeChoice(choice: CollectedChoice, answerId: string): JsonObject {
  const { index, logprobs, refusalLogprobs, finish } = choice;
  const hasLogprobs = logprobs.length > 0 || refusalLogprobs.length > 0;
  return {
    index,
    message: encodeMessage(choice, answerId),
    logprobs: hasLogprobs
      ? {
        content: logprobs.length > 0 ? logprobs : null,
        refusal: refusalLogprobs.length > 0 ? refusalLogprobs : null,
      }
      : null,
    finish_reason: finish === undefined ? null : encodeFinishReason(finish.reason, finish.raw),
    ...(finish?.stopSequence !== undefined && { stop_reason: finish.stopSequence }),
  };
}

function encodeMessage(
  { index, parts, natives, finish }: CollectedChoice,
  answerId: string,
): JsonObject {
  const text = textOf(parts, "text");
  const refusal = textOf(parts, "refusal") || (finish?.explanation ?? "");
  const reasoning = textOf(parts, "reasoning");
  const details = encodeDetails(parts);
  const calls = parts.filter((part) => part.type === "tool_call");
  const images = parts.filter((part) => part.type === "media").map(encodeImage)
    .filter((image) => image !== undefined);
  const annotations = parts
    .flatMap((part) => part.type === "text" ? part.citations ?? [] : [])
    .map(encodeCitation).filter((annotation) => annotation !== undefined);
  const own = [
    ...parts.filter((part) => part.type === "native"),
    ...natives,
  ].filter(({ format }) => format === NAME);
  const message: JsonObject = {
    role: "assistant",
    // Null stands for "said nothing", beside calls or a refusal.
    content: text === "" && (calls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(reasoning !== "" && { reasoning_content: reasoning, reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, position) => {
        const callId = call.callId || makeToolCallId(answerId, index, position);
        return encodeToolCall({ ...call, callId });
      }),
    }),
    ...(images.length > 0 && { images }),
    ...(annotations.length > 0 && { annotations }),
  };
  return own.reduce(withNative, message);
}

/** Lists that are in part neutral are put together again. */
function withNative(
  message: JsonObject,
  { name, value }: { readonly name: string; readonly value: JsonValue },
): JsonObject {
  const written = message[name];
  const isJoined = Array.isArray(written) && Array.isArray(value);
  return { ...message, [name]: isJoined ? [...written, ...value] : value };
}

function encodeDetails(parts: readonly Part[]): readonly JsonObject[] {
  return parts.flatMap(withSeal)
    .filter((part) => part.type === "reasoning" || part.type === "sealed")
    .map((part, index) =>
      part.type === "reasoning"
        ? writeTextDetail(part.text, index, part.seal)
        : writeSealedDetail(part.seal, index, part.id)
    );
}

/** The seal of anything but a reasoning is a detail of its own. */
function withSeal(part: Part): readonly Part[] {
  if ((part.type !== "text" && part.type !== "tool_call") || part.seal === undefined) return [part];
  const id = part.type === "tool_call" && part.callId !== "" ? { id: part.callId } : {};
  return [part, { type: "sealed", seal: part.seal, ...id }];
}

function textOf(parts: readonly Part[], type: "text" | "reasoning" | "refusal"): string {
  return parts.map((part) => part.type === type ? part.text : "").join("");
}

/** Writes a call, as answers hold it and as requests send it back. */
export function encodeToolCall({ callId: id, kind, name, input, seal }: ToolCallPart): JsonObject {
  return kind === "custom" ? { id, type: "custom", custom: { name, input } } : {
    id,
    type: "function",
    function: { name, arguments: input || NO_ARGUMENTS },
    ...writeCallSeal(seal),
  };
}
