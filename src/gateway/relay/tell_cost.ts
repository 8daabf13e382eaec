/** Writes what an answer cost into its usage, for clients that look for it there. */

import { patchToMatch } from "../../bytes/json/patch.ts";
import { joinBytes } from "../../bytes/read_whole.ts";
import type { Usage } from "../../core/chat/chat.ts";
import type { StreamTranslation } from "../../core/format.ts";
import { roundedUsd } from "../../core/ledger/call_record.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import type { Sent } from "./translation.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const USAGE = encoder.encode(`"usage"`);
const LF = 10;
const OPENING_BRACE = 0x7b;

/** US dollars; `undefined` where nobody asks, the provider says it itself, or nobody knows. */
function costToTell(
  { call, target, prices }: Sent,
  { usage, model }: { readonly usage: Usage | undefined; readonly model: string | undefined },
): number | undefined {
  if (call.tellsCost !== true || usage === undefined || usage.cost !== undefined) return undefined;
  const priced = { target, askedModel: call.model, servedModel: model, usage };
  const usd = prices?.usdOf(priced) ?? undefined;
  return usd && roundedUsd(usd);
}

/** The same object where there is nothing to be told. */
export function withCost(
  sent: Sent,
  facts: { readonly usage: Usage | undefined; readonly model: string | undefined },
  json: JsonObject,
): JsonObject {
  const usd = costToTell(sent, facts);
  return usd === undefined ? json : withCostInside(json, usd) ?? json;
}

/** The same translation, whose last word on usage says what it cost. */
export function tellingCost(sent: Sent, translation: StreamTranslation): StreamTranslation {
  if (sent.call.tellsCost !== true || sent.prices === undefined) return translation;
  const { progress } = translation;
  let told: Usage | undefined;
  const tell = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    if (progress.finishReason === undefined || progress.usage === told) return bytes;
    const usd = costToTell(sent, progress);
    const patched = usd === undefined ? undefined : withCostInEvent(bytes, usd);
    // What came in this event may be written with a later one.
    if (patched !== undefined || usd === undefined) told = progress.usage;
    return patched ?? bytes;
  };
  return {
    progress,
    push: (chunk) => tell(translation.push(chunk)),
    flush: () => tell(translation.flush()),
    close: (ending) => tell(translation.close(ending)),
    keepAlive: (form) => translation.keepAlive(form),
  };
}

/** The bytes of whole events, the last usage of which has a cost; `undefined` where there is none. */
function withCostInEvent(
  bytes: Uint8Array<ArrayBuffer>,
  usd: number,
): Uint8Array<ArrayBuffer> | undefined {
  const at = lastIndexOf(bytes, USAGE);
  if (at === -1) return undefined;
  const start = bytes.indexOf(OPENING_BRACE, bytes.lastIndexOf(LF, at) + 1);
  const lineEnd = bytes.indexOf(LF, at);
  const end = lineEnd === -1 ? bytes.length : lineEnd;
  const event = bytes.slice(start, end);
  const json = parseJsonObject(decoder.decode(event));
  const wanted = json && withCostInside(json, usd);
  if (json === undefined || wanted === undefined) return undefined;
  const patched = patchToMatch(event, json, wanted);
  const length = bytes.length - event.length + patched.length;
  return joinBytes([bytes.subarray(0, start), patched, bytes.subarray(end)], length);
}

/** Events of Responses have it one level further in. `undefined` where there is none. */
function withCostInside(json: JsonObject, usd: number): JsonObject | undefined {
  const { usage, response } = json;
  if (isJsonObject(usage)) return { ...json, usage: { ...usage, cost: usd } };
  if (!isJsonObject(response) || !isJsonObject(response["usage"])) return undefined;
  return { ...json, response: { ...response, usage: { ...response["usage"], cost: usd } } };
}

function lastIndexOf(bytes: Uint8Array, sought: Uint8Array): number {
  const [first = 0] = sought;
  for (let at = bytes.lastIndexOf(first); at !== -1; at = bytes.lastIndexOf(first, at - 1)) {
    if (sought.every((byte, index) => bytes[at + index] === byte)) return at;
    if (at === 0) break;
  }
  return -1;
}
