/**
 * What providers want of chats that no rule for a field says. Each leaves a body as it is that has it already.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { changedItems } from "./field_rules.ts";

type Change = (body: JsonObject) => JsonObject;

const QUIRKS = {
  /** Knows no developer: what such a message says is the system's. */
  developer_is_system: onMessages((message) =>
    message.role === "developer" ? { ...message, role: "system" } : message
  ),
  /** Mistral's older models take ids of calls only where they are nine letters and digits. */
  nine_character_call_ids: onMessages(withShortIds),
  /** Mistral takes an answer as the last message only where it is said to be the beginning of the next. */
  marked_prefix: (body) => changeMessages(body, markPrefix),
  /** DeepSeek and Moonshot want back what was thought before a tool was called (T113). */
  reasoning_with_calls: onMessages((message) =>
    message.role === "assistant" && Array.isArray(message.tool_calls) &&
      typeof message.reasoning_content !== "string"
      ? {
        ...message,
        reasoning_content: typeof message.reasoning === "string" ? message.reasoning : "",
      }
      : message
  ),
  /** Z.ai chooses tools by itself. */
  free_tool_choice: withFreeChoice,
  /** Z.ai sends the arguments of calls bit by bit only where it is asked to. */
  asks_to_stream_calls: (body) =>
    body.stream === true && Array.isArray(body.tools) && body.tool_stream === undefined
      ? { ...body, tool_stream: true }
      : body,
} satisfies Readonly<Record<string, Change>>;

export type Quirk = keyof typeof QUIRKS;

/** The body as a provider with these quirks takes it; the same object where it is that already. */
export function applyQuirks(body: JsonObject, quirks: readonly Quirk[]): JsonObject {
  return quirks.reduce((adapted, quirk) => {
    const changed = QUIRKS[quirk](adapted);
    return isSame(changed, adapted) ? adapted : changed;
  }, body);
}

/** What whoever asked should know of it, a sentence each. */
export function quirkWarnings(
  { tool_choice: choice }: JsonObject,
  quirks: readonly Quirk[],
  providerName: string,
): readonly string[] {
  const isForced = choice !== undefined && choice !== null && choice !== "auto" &&
    choice !== "none";
  return quirks.includes("free_tool_choice") && isForced
    ? [`"tool_choice" is left out: ${providerName} chooses tools by itself`]
    : [];
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length &&
    names.every((name) => left[name] === right[name]);
}

function onMessages(change: (message: JsonObject) => JsonObject): Change {
  return (body) =>
    changeMessages(
      body,
      (messages) => changedItems(messages, (item) => isJsonObject(item) ? change(item) : item),
    );
}

function changeMessages(
  body: JsonObject,
  change: (messages: readonly JsonValue[]) => readonly JsonValue[],
): JsonObject {
  const { messages } = body;
  if (!Array.isArray(messages)) return body;
  const changed = change(messages);
  return changed === messages ? body : { ...body, messages: changed };
}

function withFreeChoice(body: JsonObject): JsonObject {
  const { tool_choice: choice, tools, ...rest } = body;
  if (choice === undefined || choice === "auto") return body;
  // What may call nothing needs no tools.
  return choice === "none" || tools === undefined ? rest : { ...rest, tools };
}

function withShortIds(message: JsonObject): JsonObject {
  const { tool_calls: calls, tool_call_id: id } = message;
  if (typeof id === "string") {
    const short = shortId(id);
    return short === id ? message : { ...message, tool_call_id: short };
  }
  if (!Array.isArray(calls)) return message;
  const shortened = changedItems(calls, (call) => {
    if (!isJsonObject(call) || typeof call.id !== "string") return call;
    const short = shortId(call.id);
    return short === call.id ? call : { ...call, id: short };
  });
  return shortened === calls ? message : { ...message, tool_calls: shortened };
}

/** The same for the call and for its result, which stand in different messages. */
function shortId(id: string): string {
  return /^[A-Za-z0-9]{9}$/.test(id)
    ? id
    : createHash("sha256").update(id).digest("hex").slice(0, 9);
}

function markPrefix(messages: readonly JsonValue[]): readonly JsonValue[] {
  const last = messages.at(-1);
  if (!isJsonObject(last) || last.role !== "assistant" || last.prefix !== undefined) {
    return messages;
  }
  return [...messages.slice(0, -1), { ...last, prefix: true }];
}
