/**
 * Errors in Ollama's form, `{"error":"text"}`.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import { type GatewayError, toldOf } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { faultOf as openaiFaultOf } from "../openai_chat/errors/errors.ts";

/** It has no codes, and agents go by these: how the server, and what runs its models, say the same. */
const CODES: readonly (readonly [code: string, words: RegExp])[] = [
  [
    "context_length_exceeded",
    /exceeds? the (?:available |maximum )?context (?:length|size|window)/i,
  ],
  ["model_not_found", /^model ["'][^"']*["'] not found/i],
];

/** The error body that Ollama's clients expect. */
export function encodeError(failed: GatewayError): JsonObject {
  const { code } = failed;
  const message = toldOf(failed);
  // Clients know by these words that a text must be cut, and that a model has to be pulled.
  if (code === "context_length_exceeded" && !/context|too long/i.test(message)) {
    return { error: `the input length exceeds the context length: ${message}` };
  }
  const isUnknownModel = code === "model_not_found" && !/model.* not found/i.test(message);
  return { error: isUnknownModel ? `model not found: ${message}` : message };
}

/**
 * The fault that a body or a line states, `undefined` where it states none.
 *
 * Servers behind the same address answer in OpenAI's form; an answer is known by its `done`.
 */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  if (Object.hasOwn(body, "done") && !body["error"]) return undefined;
  const fault = openaiFaultOf(body);
  if (fault === undefined || fault.code !== undefined) return fault;
  const [code] = CODES.find(([, words]) => words.test(fault.message)) ?? [];
  return code === undefined ? fault : { ...fault, code };
}
