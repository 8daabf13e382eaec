/**
 * Whole answers, `response` objects.
 *
 * @module
 */

import type { ChatEvent, Part } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { faultOf } from "../errors.ts";
import { AnswerWriter } from "./answer_writer.ts";
import { decodeItem, kindOf } from "./decode_item.ts";
import { NO_EVENTS } from "./event_sink.ts";
import { decodeState } from "./finish.ts";
import { decodeUsage } from "./usage.ts";

/** Reads an answer, or the fault in its place. */
export function decodeWhole(body: JsonObject): readonly ChatEvent[] {
  const { output } = body;
  const fault = faultOf(body);
  if (fault !== undefined) return [...usageOf(body), { type: "fault", fault }];
  if (!Array.isArray(output)) {
    throw new GatewayError(
      "upstream_invalid_response",
      "The provider's answer is no response: it has no output",
    );
  }
  const parts = decodeOutput(output);
  const finish = decodeState(body, parts.some(({ type }) => type === "tool_call"));
  return [
    startOf(body),
    ...parts.flatMap((part, block): readonly ChatEvent[] => [
      { type: "block_start", choice: 0, block, part },
      { type: "block_end", block },
    ]),
    ...logprobsOf(output),
    ...(finish === undefined ? [] : [finish]),
    ...usageOf(body),
    { type: "end" },
  ];
}

/** Reads a JSON object that came where a stream of events was due; nothing where it says nothing. */
export function decodeBareBody(body: JsonObject): readonly ChatEvent[] {
  const saysAnything = Array.isArray(body["output"]) || faultOf(body) !== undefined;
  return saysAnything ? decodeWhole(body) : [];
}

/** Writes an answer. Of several choices only the first has a place in the format. */
export function encodeWhole(
  events: readonly ChatEvent[],
  options: EncodeOptions,
  envelopes: Envelopes | undefined,
): JsonObject {
  const answer = new AnswerWriter(options, envelopes, NO_EVENTS);
  for (const event of events) answer.take(event);
  return answer.complete();
}

/** The parts of the items of an answer. */
export function decodeOutput(output: readonly JsonValue[]): readonly Part[] {
  return output.filter(isJsonObject).flatMap(decodeItem);
}

/** What begins an answer. */
export function startOf(response: JsonObject): ChatEvent {
  const { id, model, created_at: created } = response;
  return {
    type: "start",
    ...(typeof id === "string" && id !== "" && { id }),
    ...(typeof model === "string" && model !== "" && { model }),
    ...(Number.isFinite(created) && { createdSeconds: Number(created) }),
  };
}

function logprobsOf(output: readonly JsonValue[]): readonly ChatEvent[] {
  const content = output.filter(isJsonObject).filter((item) => kindOf(item) === "message")
    .flatMap(contentOf).flatMap(({ logprobs }) => Array.isArray(logprobs) ? logprobs : []);
  return content.length === 0 ? [] : [{ type: "logprobs", choice: 0, content }];
}

function usageOf(body: JsonObject): readonly ChatEvent[] {
  const usage = decodeUsage(body["usage"]);
  return usage === undefined ? [] : [{ type: "usage", usage }];
}

function contentOf({ content }: JsonObject): readonly JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}
