/**
 * The messages of a request, written.
 *
 * Results of tools are messages of their own and text alone: what else they hold follows as the user's, when
 * all results have been told, because these must follow their calls at once.
 *
 * @module
 */

import type { Message, Part, Seal, ToolCallPart, ToolResultPart } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { writeSealedDetail, writeTextDetail } from "../answer/reasoning_details.ts";
import { encodeToolCall } from "../answer/response.ts";
import { makeToolCallId } from "../answer/tool_call_id.ts";
import { attachSeals } from "../../call_seals.ts";
import { wrapInput } from "../../custom_tool.ts";
import { NAME } from "../name.ts";
import { cacheFields, encodeContent, toContent } from "./encode_part.ts";
import { given } from "./given.ts";
import type { RequestEncoding } from "./variant.ts";

/** Writes the messages, each in its place. */
export function encodeMessages(
  messages: readonly Message[],
  encoding: RequestEncoding,
): readonly JsonObject[] {
  const written: JsonObject[] = [];
  /** Media of results that the last messages have told. */
  let media: JsonObject[] = [];
  messages.forEach((message, index) => {
    const place = `messages.${index}`;
    if (message.role === "tool") {
      for (const part of message.parts) {
        if (part.type !== "tool_result") continue;
        const { result, others } = encodeResult(part, place, encoding);
        written.push(result);
        media.push(...others);
      }
      return;
    }
    if (media.length > 0) written.push({ role: "user", content: media });
    media = [];
    written.push(
      message.role === "assistant"
        ? encodeAssistant(message, index, encoding)
        : encodeOther(message, place, encoding),
    );
  });
  if (media.length > 0) written.push({ role: "user", content: media });
  return written;
}

function encodeOther(
  { role, parts, name }: Message,
  place: string,
  encoding: RequestEncoding,
): JsonObject {
  return { role, content: toContent(encodeContent(parts, place, encoding)), ...given({ name }) };
}

function encodeAssistant(
  { role, parts, name }: Message,
  index: number,
  encoding: RequestEncoding,
): JsonObject {
  const said = encoding.variant === "openrouter" ? parts : attachSeals(parts);
  const calls = said.filter((part) => part.type === "tool_call");
  if (calls.some(({ cache }) => cache !== undefined)) {
    encoding.warnings.add(`Marks on calls of tools are left out: ${NAME} has no word for them`);
  }
  const refusals = parts.filter((part) => part.type === "refusal");
  const content = encodeContent(parts.filter(hasPlaceInContent), `messages.${index}`, encoding)
    .filter((part) => {
      if (part["type"] === "text" || part["type"] === "refusal") return true;
      encoding.warnings.add(`What is no text in earlier answers is left out: ${part["type"]}`);
      return false;
    });
  const isEmpty = content.length === 0 && (calls.length > 0 || refusals.length > 0);
  return {
    role,
    content: isEmpty ? null : toContent(content),
    ...given({ name }),
    ...(refusals.length > 0 && { refusal: refusals.map(({ text }) => text).join("") }),
    ...encodeReasoning(said, encoding),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, position) =>
        encodeToolCall({
          ...asKnown(call, encoding),
          callId: call.callId || makeToolCallId("request", index, position),
        })
      ),
    }),
  };
}

/** Whoever is not OpenAI knows functions alone. */
function asKnown(call: ToolCallPart, { variant }: RequestEncoding): ToolCallPart {
  if (call.kind === "function" || variant === "openai") return call;
  return { ...call, kind: "function", input: wrapInput(call.input) };
}

function hasPlaceInContent({ type }: Part): boolean {
  return type === "text" || type === "media" || type === "native";
}

/** Seals of others are left out: nobody but their issuer can check them. */
function encodeReasoning(parts: readonly Part[], encoding: RequestEncoding): JsonObject {
  const { variant, warnings } = encoding;
  const texts = parts.filter((part) => part.type === "reasoning");
  const details: JsonObject[] = [];
  for (const part of parts) {
    if (part.type === "reasoning") {
      details.push(writeTextDetail(part.text, details.length, ownSeal(part.seal, encoding)));
    } else if (part.type === "sealed") {
      const seal = ownSeal(part.seal, encoding);
      if (seal !== undefined) details.push(writeSealedDetail(seal, details.length, part.id));
    }
  }
  if (variant === "openrouter") return details.length > 0 ? { reasoning_details: details } : {};
  if (texts.length === 0) return {};
  if (variant === "common") {
    return { reasoning_content: texts.map(({ text }) => text).join("") };
  }
  warnings.add("Reasoning in earlier answers is left out: the provider does not take it back");
  return {};
}

function ownSeal(
  seal: Seal | undefined,
  { variant, warnings }: RequestEncoding,
): Seal | undefined {
  if (seal === undefined) return undefined;
  if (seal.issuer !== NAME) {
    warnings.add(
      `What ${seal.issuer} has signed of the reasoning is left out: nobody else can check it`,
    );
    return undefined;
  }
  if (variant === "openrouter") return seal;
  warnings.add("What is signed of the reasoning is left out: the provider does not take it back");
  return undefined;
}

function encodeResult(
  { callId, parts, isError, cache }: ToolResultPart,
  place: string,
  encoding: RequestEncoding,
): { readonly result: JsonObject; readonly others: readonly JsonObject[] } {
  const content = encodeContent(parts, place, encoding);
  const texts = content.filter(({ type }) => type === "text");
  const others = content.filter(({ type }) => type !== "text");
  if (isError) {
    texts.unshift({ type: "text", text: "Error:" });
    encoding.warnings.add(
      `That a tool failed is told in the text of its result: ${NAME} has no word for it`,
    );
  }
  if (others.length === 0) {
    return { result: resultMessage(callId, joined(texts), cacheFields(cache, encoding)), others };
  }
  encoding.warnings.add(
    `What is no text in a tool's result follows as the user's: ${NAME} takes text alone there`,
  );
  const note = `What else the tool call ${callId} has resulted in:`;
  texts.push({ type: "text", text: "The rest of the result follows." });
  return {
    result: resultMessage(callId, joined(texts), cacheFields(cache, encoding)),
    others: [{ type: "text", text: note }, ...others],
  };
}

/** A mark on the result is one on the last of its texts. */
function resultMessage(
  callId: string,
  texts: readonly JsonObject[],
  marks: JsonObject,
): JsonObject {
  const content = texts.map((text, index) =>
    index === texts.length - 1 ? { ...text, ...marks } : text
  );
  return { role: "tool", tool_call_id: callId, content: toContent(content) };
}

/** One text where none bears a mark: some providers take no list of parts in results. */
function joined(texts: readonly JsonObject[]): readonly JsonObject[] {
  const isPlain = texts.length > 1 && texts.every((part) => Object.keys(part).length === 2);
  return isPlain ? [{ type: "text", text: texts.map(({ text }) => text).join("\n") }] : texts;
}
