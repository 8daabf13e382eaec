/** What calls have in common that may share an answer. */

import { createHash } from "node:crypto";
import type { Call } from "../../core/call.ts";
import { canonicalJson } from "../../core/text/canonical_json.ts";

/** Longer bodies are taken as they came: to put them in order takes long. */
const MAX_ORDERED_BYTES = 1_048_576;

/**
 * The same for calls of one account that are the same in all that makes their answers, and for no others.
 *
 * @param headers Of the request, those that count.
 * @param place What the same request may be answered by: the routes that are in force.
 */
export function callKey(call: Call, headers: Call["headers"], place: string): string {
  const { account, principal, surface, operation, formats, native, body, bytes, model } = call;
  const parts = [
    place,
    account,
    principal.name,
    principal.hasKey,
    principal.credentials ?? null,
    // Guards look after some surfaces.
    surface,
    operation,
    // Some name the model in their address, and whether they want a stream.
    model,
    call.wantsStream,
    call.tellsCost ?? false,
    formats.request.name,
    formats.answer.name,
    formats.answer.streamContentType,
    formats.error.name,
    call.timeoutMs ?? 0,
    headers,
    native ?? null,
  ];
  const hash = createHash("sha256").update(JSON.stringify(parts));
  const text = bytes.length > MAX_ORDERED_BYTES ? bytes : canonicalJson(body.json);
  return hash.update(text).digest("base64url");
}

/** As distinct as a text is, which may be long, in a part of every call's key. */
export function shortened(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
