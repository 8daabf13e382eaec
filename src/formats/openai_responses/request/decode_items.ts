/**
 * The items of a request's input, read as messages.
 *
 * What a model said in one turn is several items here and one message elsewhere. Results of tools must follow
 * their calls at once there, so that what stands between the two comes after them.
 *
 * @module
 */

import type { Message, NativeField, Part, ToolResultPart } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { isGiven, itemsAt, objectAt, optionalText, refusal, textAt } from "../../request_fields.ts";
import { NAME, WEIR } from "../name.ts";
import { decryptReasoning } from "../reasoning_envelope.ts";
import { answeredTool, calledTool } from "../tools/client_tools.ts";
import { flatNameOf } from "../tools/declared_tools.ts";
import { ContentReader } from "./decode_content.ts";

interface MessageDraft {
  readonly role: string;
  readonly parts: Part[];
}

/** Fields of a message that are read below, or that only its own API reads. */
const MESSAGE_FIELDS: readonly string[] = ["type", "id", "role", "content", "status", "phase"];

export interface DecodedInput {
  readonly messages: readonly Message[];
  /** What has no neutral word. */
  readonly natives: readonly NativeField[];
}

/** Reads a text or a list of items. Throws `GatewayError` `invalid_request` naming the one at fault. */
export function decodeInput(
  input: JsonValue | undefined,
  envelopes: Envelopes | undefined,
): DecodedInput {
  if (typeof input === "string") {
    return { messages: [{ role: "user", parts: [{ type: "text", text: input }] }], natives: [] };
  }
  const reader = new ItemReader(envelopes);
  const items = itemsAt(input, "input", (value, path) => ({ value, path }));
  if (items === undefined) throw refusal("input", "field required");
  for (const { value, path } of items) reader.read(objectAt(value, path), path);
  return { messages: reader.messages, natives: reader.content.natives };
}

class ItemReader {
  readonly messages: MessageDraft[] = [];
  readonly content = new ContentReader();
  readonly #envelopes: Envelopes | undefined;

  constructor(envelopes: Envelopes | undefined) {
    this.#envelopes = envelopes;
  }

  read(item: JsonObject, path: string): void {
    const type = typeOf(item, path);
    switch (type) {
      case "message":
        return this.#addMessage(item, path);
      case "reasoning": {
        const part = this.#readReasoning(item, path);
        if (part !== undefined) this.#addSaid(part);
        return;
      }
      case "function_call":
        return this.#addSaid(readFunctionCall(item, path));
      case "custom_tool_call":
        return this.#addSaid({
          type: "tool_call",
          callId: textAt(item["call_id"], `${path}.call_id`),
          kind: "custom",
          name: nameOf(item, path),
          input: textAt(item["input"], `${path}.input`),
        });
      case "function_call_output":
      case "custom_tool_call_output":
        return this.#addResult({
          type: "tool_result",
          callId: optionalText(item["call_id"], `${path}.call_id`) ?? "",
          parts: this.content.read(item["output"], `${path}.output`),
          isError: false,
        });
      case "compaction":
        return this.#addCompaction(item, path);
      case "additional_tools": // Tools, which are found wherever they stand.
        return;
      case "item_reference":
        throw unknownItem(item, path);
      case "compaction_trigger":
        throw unsupported(path, "asks for a compaction, which only OpenAI's own models do");
      default:
        return this.#addOther(item, type, path);
    }
  }

  #addMessage(item: JsonObject, path: string): void {
    const role = textAt(item["role"], `${path}.role`);
    this.content.noteRest(item, MESSAGE_FIELDS, "message", path);
    const parts = this.content.read(item["content"], `${path}.content`);
    if (role === "assistant") {
      // A second text is another message; calls and reasoning belong to the one they stand beside.
      const last = this.messages.at(-1);
      const hasText = last?.parts.some(({ type }) => type === "text" || type === "refusal");
      if (hasText === true) this.messages.push({ role, parts: [...parts] });
      else for (const part of parts) this.#addSaid(part);
      return;
    }
    if (role !== "user" && role !== "system" && role !== "developer") {
      throw refusal(`${path}.role`, `must be "user", "assistant", "system" or "developer"`);
    }
    this.messages.push({ role: role === "developer" ? "system" : role, parts: [...parts] });
  }

  /** The text itself where the provider shows it, else its summary. */
  #readReasoning(item: JsonObject, path: string): Part | undefined {
    const summary = textsOf(item["summary"], `${path}.summary`);
    const content = textsOf(item["content"], `${path}.content`);
    return decryptReasoning(
      content === "" ? summary : content,
      optionalText(item["encrypted_content"], `${path}.encrypted_content`),
      optionalText(item["id"], `${path}.id`),
      this.#envelopes,
    );
  }

  /** A summary of what was said before, which only whoever wrote it can read. */
  #addCompaction(item: JsonObject, path: string): void {
    const sealed = textAt(item["encrypted_content"], `${path}.encrypted_content`);
    const opened = this.#envelopes?.open(sealed);
    if (opened?.issuer.format !== WEIR) {
      throw unsupported(path, "is a summary that only the provider that wrote it can read");
    }
    this.messages.push({ role: "user", parts: [{ type: "text", text: opened.text }] });
  }

  #addOther(item: JsonObject, type: string, path: string): void {
    const called = calledTool(item);
    const callId = callIdOf(item, path);
    if (called !== undefined) {
      const input = JSON.stringify(called.argumentsOf(item));
      const { type: name } = called;
      return this.#addSaid({ type: "tool_call", callId, kind: "function", name, input });
    }
    // What has run at the provider is no call here, and its result is not the client's.
    if (answeredTool(item) !== undefined && this.#callAt(callId) !== -1) {
      return this.#addResult({
        type: "tool_result",
        callId,
        parts: [{ type: "text", text: outputText(item) }],
        isError: item["status"] === "failed",
      });
    }
    this.#addSaid({ type: "native", format: NAME, name: type, value: item });
  }

  /** Adds to what the model said last. */
  #addSaid(part: Part): void {
    const last = this.messages.at(-1);
    if (last?.role === "assistant") last.parts.push(part);
    else this.messages.push({ role: "assistant", parts: [part] });
  }

  #addResult(result: ToolResultPart): void {
    const callAt = this.#callAt(result.callId);
    const at = callAt === -1 ? this.messages.length : callAt + 1;
    const before = this.messages[callAt === -1 ? at - 1 : at];
    if (before?.role === "tool") before.parts.push(result);
    else this.messages.splice(at, 0, { role: "tool", parts: [result] });
  }

  /** The last message with a call of that id; -1 where there is none. */
  #callAt(callId: string): number {
    return this.messages.findLastIndex(({ parts }) =>
      parts.some((part) => part.type === "tool_call" && part.callId === callId)
    );
  }
}

/** Messages may go without it, and so may references. */
function typeOf(item: JsonObject, path: string): string {
  if (isGiven(item["type"])) return textAt(item["type"], `${path}.type`);
  if (item["role"] !== undefined) return "message";
  if (item["id"] !== undefined) return "item_reference";
  throw refusal(`${path}.type`, "field required");
}

function readFunctionCall(item: JsonObject, path: string): Part {
  return {
    type: "tool_call",
    callId: textAt(item["call_id"], `${path}.call_id`),
    kind: "function",
    name: nameOf(item, path),
    input: textAt(item["arguments"], `${path}.arguments`),
  };
}

function nameOf(item: JsonObject, path: string): string {
  const namespace = optionalText(item["namespace"], `${path}.namespace`);
  return flatNameOf(textAt(item["name"], `${path}.name`), namespace);
}

/** A local shell's output names its call in `id`. */
function callIdOf(item: JsonObject, path: string): string {
  return optionalText(item["call_id"], `${path}.call_id`) ??
    optionalText(item["id"], `${path}.id`) ?? "";
}

function outputText({ output, tools }: JsonObject): string {
  const value = output ?? tools ?? "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textsOf(value: JsonValue | undefined, path: string): string {
  const parts = itemsAt(value, path, objectAt) ?? [];
  return parts.map(({ text }) => typeof text === "string" ? text : "").join("\n\n");
}

function unknownItem({ id }: JsonObject, path: string): GatewayError {
  return new GatewayError(
    "invalid_request",
    `${path}: no item ${JSON.stringify(id)} is kept here; send the item itself`,
    { param: "input", type: "invalid_request_error", code: "item_not_found" },
  );
}

function unsupported(path: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${path}: ${problem}`, {
    param: "input",
    code: "unsupported_value",
  });
}
