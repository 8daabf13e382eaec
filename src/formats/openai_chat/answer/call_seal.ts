/**
 * What Google's models want back with a call of a tool, as its compatible API has it:
 * `extra_content.google.thought_signature`.
 *
 * @module
 */

import type { FormatName, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** Whose seals stand there, beside those of a provider of this format. */
export const GOOGLE: FormatName = "gemini";

/** The member of a call; none for what others have sealed. */
export function writeCallSeal(seal: Seal | undefined): JsonObject {
  if (seal === undefined || (seal.issuer !== GOOGLE && seal.issuer !== NAME)) return {};
  return { extra_content: { google: { thought_signature: seal.value } } };
}

/** @param issuer The format of whoever made it, which the call does not say. */
export function readCallSeal(call: JsonObject, issuer: FormatName): Seal | undefined {
  const { extra_content: extra } = call;
  const google = isJsonObject(extra) ? extra["google"] : undefined;
  const value = isJsonObject(google) ? google["thought_signature"] : undefined;
  return typeof value === "string" && value !== "" ? { value, issuer } : undefined;
}
