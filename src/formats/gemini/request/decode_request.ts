/**
 * Requests, read, for providers of another format: between equal formats a request is forwarded as it came.
 *
 * The model and whether to stream are in the address, so that they are not read here. What has no neutral word is
 * listed, so that an encoder can say what it leaves out.
 *
 * @module
 */

import type { ChatRequest, Message, NativeField } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalObject,
  refusal,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { ContentReader } from "./decode_parts.ts";
import { readSettings } from "./decode_settings.ts";
import { readToolChoice, readTools } from "./decode_tools.ts";
import { countedRequest } from "./facts.ts";
import { camelCase, memberOf } from "./spelt.ts";

/** Fields that are read below; all others have no neutral word. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
]);

const CONTENT_FIELDS: readonly string[] = ["role", "parts"];

/** Reads a request. Throws `GatewayError` `invalid_request` naming the field at fault. */
export function decodeRequest(request: JsonObject): ChatRequest {
  const body = countedRequest(request);
  const content = new ContentReader();
  const system = readSystem(memberOf(body, "systemInstruction"), content);
  const contents = listOf(memberOf(body, "contents"));
  if (contents === undefined) throw refusal("contents", "field required");
  const messages = contents.flatMap((value, index) =>
    readContent(value, `contents.${index}`, content)
  );
  if (messages.length === 0) throw refusal("contents", "must hold at least one part");
  const declared = readTools(memberOf(body, "tools"));
  const config = optionalObject(memberOf(body, "toolConfig"), "toolConfig") ?? {};
  const choice = readToolChoice(config, declared);
  const settings = readSettings(
    optionalObject(memberOf(body, "generationConfig"), "generationConfig") ?? {},
  );
  return {
    model: "",
    messages: [...system, ...messages],
    stream: false,
    ...settings.fields,
    ...given({ tools: choice.tools, toolChoice: choice.toolChoice }),
    natives: [...restOf(body), ...settings.natives, ...choice.natives, ...content.natives],
  };
}

/** Libraries write a single content without a list, and a single text without a content. */
function listOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

function readSystem(value: JsonValue | undefined, content: ContentReader): readonly Message[] {
  if (value === undefined) return [];
  const parts = content.read(partsOf(value, "systemInstruction"), "systemInstruction.parts");
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}

/** One message, or two: the results of tools, which come first, and what the user says to them. */
function readContent(value: JsonValue, path: string, content: ContentReader): readonly Message[] {
  const role = typeof value === "string" ? "user" : readRole(objectAt(value, path), path);
  if (isJsonObject(value)) content.noteRest(value, CONTENT_FIELDS, path);
  const parts = content.read(partsOf(value, path), `${path}.parts`);
  if (parts.length === 0) return [];
  if (role === "assistant") return [{ role, parts }];
  const results = parts.filter(({ type }) => type === "tool_result");
  const others = parts.filter(({ type }) => type !== "tool_result");
  return [
    ...(results.length > 0 ? [{ role: "tool", parts: results }] : []),
    ...(others.length > 0 ? [{ role, parts: others }] : []),
  ];
}

function partsOf(value: JsonValue, path: string): readonly JsonValue[] {
  if (typeof value === "string") return [{ text: value }];
  const { parts } = objectAt(value, path);
  return itemsAt(Array.isArray(parts) || !isGiven(parts) ? parts : [parts], path, (part) => part) ??
    [];
}

/** Where none is given it is the user's; `function` and `tool` are older words for a user's results. */
function readRole({ role }: JsonObject, path: string): "user" | "assistant" | "system" {
  if (!isGiven(role) || role === "" || role === "user") return "user";
  if (role === "function" || role === "tool") return "user";
  if (role === "model" || role === "assistant") return "assistant";
  if (role === "system") return role;
  throw refusal(`${path}.role`, 'must be "user" or "model"');
}

function restOf(body: JsonObject): readonly NativeField[] {
  return Object.entries(body).flatMap(([name, value]) =>
    NEUTRAL_FIELDS.has(camelCase(name)) || !isGiven(value) ? [] : [{ format: NAME, name, value }]
  );
}
