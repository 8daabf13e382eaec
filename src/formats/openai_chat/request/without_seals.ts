/**
 * Requests for a provider of this format, without what Google's models have signed, for a conversation that has
 * changed its model: most others refuse the whole request for a member that they do not know.
 *
 * @module
 */

import type { EncodedRequest, ServedBy } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { GOOGLE } from "../answer/call_seal.ts";
import { readReasoningDetails, type ReasoningDetail } from "../answer/reasoning_details.ts";

const FOREIGN = "What Gemini has signed is left out: nobody else can check it";
const REFUSED = "What has been signed and the provider refused is left out";

/** Google's models, whoever serves them: their own door, a cloud, an aggregator, another gateway. */
const GOOGLES_MODEL = /gemini/i;

/** The same body where nothing changes. */
export function withoutSeals(
  body: JsonObject,
  which: "foreign" | "all",
  { model }: ServedBy,
): EncodedRequest {
  const { messages } = body;
  if (!Array.isArray(messages) || (which === "foreign" && GOOGLES_MODEL.test(model))) {
    return { body, warnings: [] };
  }
  const unsigned = messages.map((message) =>
    isJsonObject(message) ? unsignedMessage(message, which) : message
  );
  if (unsigned.every((message, index) => message === messages[index])) {
    return { body, warnings: [] };
  }
  return {
    body: { ...body, messages: unsigned },
    warnings: [which === "foreign" ? FOREIGN : REFUSED],
  };
}

function unsignedMessage(message: JsonObject, which: "foreign" | "all"): JsonObject {
  const unsigned = unsignedDetails(withoutGoogles(message), which);
  const { tool_calls: calls } = unsigned;
  if (!Array.isArray(calls)) return unsigned;
  const unsignedCalls = calls.map((call) => isJsonObject(call) ? withoutGoogles(call) : call);
  return unsignedCalls.every((call, index) => call === calls[index])
    ? unsigned
    : { ...unsigned, tool_calls: unsignedCalls };
}

/** A message or a call without Google's own members, which signatures are among. */
function withoutGoogles(holder: JsonObject): JsonObject {
  const { extra_content: extra, ...rest } = holder;
  if (!isJsonObject(extra) || extra["google"] === undefined) return holder;
  const { google: _, ...others } = extra;
  return Object.keys(others).length === 0 ? rest : { ...holder, extra_content: others };
}

/** A reasoning keeps its text. */
function unsignedDetails(message: JsonObject, which: "foreign" | "all"): JsonObject {
  const { reasoning_details: details, ...rest } = message;
  const read = readReasoningDetails(details);
  const isSigned = ({ seal }: ReasoningDetail) =>
    seal !== undefined && (which === "all" || seal.issuer === GOOGLE);
  if (!read.some(isSigned)) return message;
  const kept = read.flatMap((detail): readonly JsonValue[] => {
    if (!isSigned(detail)) return [detail.value];
    if (detail.text === "") return [];
    const { signature: _, format: _format, ...unsigned } = detail.value;
    return [unsigned];
  });
  return kept.length === 0 ? rest : { ...message, reasoning_details: kept };
}
