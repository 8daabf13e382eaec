/**
 * Whole answers, `message` objects.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { sealWrapper } from "../sealing.ts";
import { decodeAnswerBlock } from "./answer_block.ts";
import { faultOf } from "../errors.ts";
import { messageStart } from "./message_start.ts";
import { NAME } from "../name.ts";
import { decodeStopReason, encodeStopReason } from "./stop_reason.ts";
import { decodeUsage, encodeUsage } from "./usage.ts";
import { WrittenBlocks } from "./written_blocks.ts";

/** What is said beside the blocks of a message and has no neutral word. */
const NATIVE_FIELDS: readonly string[] = ["container", "context_management"];

/** Reads an answer, or the fault in its place. */
export function decodeMessage(body: JsonObject): readonly ChatEvent[] {
  const { id, model, content } = body;
  if (!Array.isArray(content)) {
    const fault = faultOf(body);
    if (fault !== undefined) return [{ type: "fault", fault }];
    throw new GatewayError(
      "upstream_invalid_response",
      "The provider's answer is no message: it has no content",
    );
  }
  const events: ChatEvent[] = [{
    type: "start",
    ...(typeof id === "string" && id !== "" && { id }),
    ...(typeof model === "string" && model !== "" && { model }),
  }];
  const parts = content.filter(isJsonObject).map(decodeAnswerBlock);
  parts.forEach((part, block) => {
    events.push({ type: "block_start", choice: 0, block, part }, { type: "block_end", block });
  });
  for (const name of NATIVE_FIELDS) {
    const value = body[name] ?? null;
    if (value !== null) events.push({ type: "native", choice: 0, format: NAME, name, value });
  }
  const finish = decodeStopReason(body, parts.some(({ type }) => type === "tool_call"));
  if (finish !== undefined) events.push(finish);
  const usage = decodeUsage(body["usage"]);
  if (usage !== undefined) events.push({ type: "usage", usage });
  events.push({ type: "end" });
  return events;
}

/** Reads a JSON object that came where a stream of events was due; nothing where it says nothing. */
export function decodeBareBody(body: JsonObject): readonly ChatEvent[] {
  const saysAnything = Array.isArray(body["content"]) || faultOf(body) !== undefined;
  return saysAnything ? decodeMessage(body) : [];
}

/** Writes an answer. Of several choices only the first has a place in the format. */
export function encodeMessage(
  events: readonly ChatEvent[],
  options: EncodeOptions,
  envelopes?: Envelopes,
): JsonObject {
  const blocks = new WrittenBlocks(options.id, sealWrapper(envelopes, options.servedBy));
  const natives = new Map<string, JsonValue>();
  let start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  let finish: Extract<ChatEvent, { readonly type: "finish" }> | undefined;
  let usage: Extract<ChatEvent, { readonly type: "usage" }>["usage"] | undefined;
  for (const event of events) {
    if ("choice" in event && event.choice !== 0) continue;
    if (event.type === "start") start ??= event;
    else if (event.type === "finish") finish = event;
    else if (event.type === "usage") usage = event.usage;
    else if (event.type === "native") {
      if (event.format === NAME) natives.set(event.name, event.value);
    } else blocks.add(event);
  }
  return {
    ...messageStart(start, options),
    content: blocks.content(),
    ...encodeStopReason(finish, blocks),
    ...Object.fromEntries(natives),
    usage: encodeUsage(usage),
  };
}
