/**
 * Chats, read, for providers of another format: between equal formats a request is forwarded as it came.
 *
 * @module
 */

import type {
  ChatRequest,
  Message,
  NativeField,
  Part,
  Tool,
  ToolCallPart,
} from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalObject,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { decodeImages } from "./decode_images.ts";
import { decodeSettings } from "./decode_settings.ts";
import { OpenCalls } from "./open_calls.ts";

const TOOL_FIELDS: ReadonlySet<string> = new Set(["name", "description", "parameters"]);
const MESSAGE_FIELDS: readonly string[] = ["role", "content", "thinking", "images", "tool_calls"];
/** Of a result, which tool's it is. */
const RESULT_FIELDS: readonly string[] = [...MESSAGE_FIELDS, "tool_name", "name", "tool_call_id"];

/** What is gathered while the messages of one request are read. */
class Reading {
  readonly calls = new OpenCalls();
  readonly natives: NativeField[] = [];
  readonly #noted = new Set<string>();

  /** Lists the members of an object that are not known, each name once. */
  noteRest(object: JsonObject, known: readonly string[], path: string): void {
    for (const [name, value] of Object.entries(object)) {
      if (known.includes(name) || !isGiven(value) || this.#noted.has(name)) continue;
      this.#noted.add(name);
      this.natives.push({ format: NAME, name: `${path}.${name}`, value });
    }
  }
}

/** Reads a request. Throws `GatewayError` `invalid_request` naming the field at fault. */
export function decodeChat(body: JsonObject): ChatRequest {
  const { natives, ...settings } = decodeSettings(body, ["messages", "tools"]);
  const reading = new Reading();
  const messages = itemsAt(
    body["messages"],
    "messages",
    (value, path) => readMessage(value, path, reading),
  );
  if (messages === undefined || messages.length === 0) {
    throw refusal("messages", "must hold at least one message");
  }
  const tools = itemsAt(
    body["tools"],
    "tools",
    (value, path) => readTool(value, path, reading),
  );
  return {
    ...settings,
    messages,
    ...(tools !== undefined && tools.length > 0 && { tools }),
    natives: [...natives, ...reading.natives],
  };
}

function readMessage(value: JsonValue, path: string, reading: Reading): Message {
  const message = objectAt(value, path);
  const role = textAt(message["role"], `${path}.role`);
  reading.noteRest(message, role === "tool" ? RESULT_FIELDS : MESSAGE_FIELDS, path);
  const text = optionalText(message["content"], `${path}.content`) ?? "";
  const parts: Part[] = [];
  const thinking = optionalText(message["thinking"], `${path}.thinking`) ?? "";
  if (thinking !== "") parts.push({ type: "reasoning", text: thinking });
  const images = decodeImages(message["images"], `${path}.images`);
  const called = itemsAt(
    message["tool_calls"],
    `${path}.tool_calls`,
    (call, callPath) => readCall(call, callPath, reading),
  ) ?? [];
  const hasOthers = images.length + called.length + parts.length > 0;
  if (text !== "" || !hasOthers) parts.push({ type: "text", text });
  parts.push(...images, ...called);
  return role === "tool" ? readResult(message, path, parts, reading.calls) : { role, parts };
}

/** What belongs to no call is told by the user: a history may have been cut behind it. */
function readResult(
  message: JsonObject,
  path: string,
  parts: readonly Part[],
  calls: OpenCalls,
): Message {
  const name = optionalText(message["tool_name"] ?? message["name"], `${path}.tool_name`);
  const id = optionalText(message["tool_call_id"], `${path}.tool_call_id`);
  const callId = calls.answer(id, name);
  if (callId !== undefined) {
    return { role: "tool", parts: [{ type: "tool_result", callId, parts, isError: false }] };
  }
  const note = `Result of the tool${name === undefined ? "" : ` ${name}`}:`;
  return { role: "user", parts: [{ type: "text", text: note }, ...parts] };
}

function readCall(value: JsonValue, path: string, reading: Reading): ToolCallPart {
  const call = objectAt(value, path);
  const described = objectAt(call["function"], `${path}.function`);
  const name = textAt(described["name"], `${path}.function.name`);
  if (name === "") throw refusal(`${path}.function.name`, "must not be empty");
  reading.noteRest(call, ["id", "type", "function"], path);
  reading.noteRest(described, ["index", "name", "arguments"], `${path}.function`);
  const callId = reading.calls.open(optionalText(call["id"], `${path}.id`), name);
  return {
    type: "tool_call",
    callId,
    kind: "function",
    name,
    input: readArguments(described["arguments"], `${path}.function.arguments`),
  };
}

/** An object; clients of other APIs send its text (T104). */
function readArguments(value: JsonValue | undefined, path: string): string {
  if (!isGiven(value)) return "{}";
  if (typeof value === "string") return value;
  if (isJsonObject(value)) return JSON.stringify(value);
  throw refusal(path, "must be an object");
}

function readTool(value: JsonValue, path: string, reading: Reading): Tool {
  const tool = objectAt(value, path);
  const described = objectAt(tool["function"], `${path}.function`);
  const name = textAt(described["name"], `${path}.function.name`);
  if (name === "") throw refusal(`${path}.function.name`, "must not be empty");
  reading.noteRest(tool, ["type", "function"], path);
  const rest = Object.entries(described)
    .filter(([field, value]) => !TOOL_FIELDS.has(field) && isGiven(value));
  return {
    kind: "function",
    name,
    ...given({
      description: optionalText(described["description"], `${path}.function.description`),
      parameters: optionalObject(described["parameters"], `${path}.function.parameters`),
    }),
    ...(rest.length > 0 && { native: { format: NAME, value: Object.fromEntries(rest) } }),
  };
}
