/** Whole answers of Converse. */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { faultOf } from "../errors.ts";
import { decodeBlock } from "./answer_block.ts";
import { decodeStopReason } from "./stop_reason.ts";
import { decodeUsage } from "./usage.ts";

/** Reads an answer, or the fault in its place. It names neither itself nor its model. */
export function decodeConverse(body: JsonObject): readonly ChatEvent[] {
  const { output, stopReason, usage: counted } = body;
  const message = isJsonObject(output) ? output["message"] : undefined;
  const content = isJsonObject(message) ? message["content"] : undefined;
  if (!Array.isArray(content)) {
    const fault = faultOf(body);
    if (fault !== undefined) return [{ type: "fault", fault }];
    throw new GatewayError(
      "upstream_invalid_response",
      "The provider's answer is none of Converse: it has no message",
    );
  }
  const events: ChatEvent[] = [{ type: "start" }];
  const parts = content.filter(isJsonObject).map(decodeBlock);
  parts.forEach((part, block) => {
    events.push({ type: "block_start", choice: 0, block, part }, { type: "block_end", block });
  });
  const finish = decodeStopReason(stopReason, parts.some(({ type }) => type === "tool_call"));
  if (finish !== undefined) events.push(finish);
  const usage = decodeUsage(counted);
  if (usage !== undefined) events.push({ type: "usage", usage });
  events.push({ type: "end" });
  return events;
}
