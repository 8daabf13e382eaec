/** A request's body in a form that is the same for bodies that mean the same. */

import { createHash } from "node:crypto";
import { canonicalJson } from "../core/text/canonical_json.ts";
import { isJsonObject, type JsonValue, parseJson } from "../core/text/json.ts";
import { type Redact, redactJson, redactText } from "../core/text/redactor.ts";
import { type RecordedContent, writeContent } from "./exchange.ts";

export interface CanonicalBody {
  /** `sha256:` and hexadecimal digits. */
  readonly hash: string;
  /** Without secrets; absent where there is no body. */
  readonly body?: { readonly json: JsonValue } | RecordedContent;
}

/**
 * JSON with the members of objects in order, secrets masked; any other body byte for byte.
 *
 * Masked before it is hashed: a hash of what a secret stands in would tell whoever guesses it.
 */
export function canonicalBody(bytes: Uint8Array, redact: Redact): CanonicalBody {
  if (bytes.length === 0) return { hash: hashOf("") };
  const content = writeContent(bytes);
  if (!("text" in content)) {
    // Such as a form with a file in it.
    const plain = new TextDecoder("latin1").decode(bytes);
    const text = redact(plain);
    return text === plain
      ? { hash: hashOf(content.base64), body: content }
      : { hash: hashOf(text), body: { text } };
  }
  const json = parseJson(content.text);
  if (!isJsonObject(json)) {
    const text = redactText(content.text, redact);
    return { hash: hashOf(text), body: { text } };
  }
  const shown = redactJson(json, redact);
  return { hash: hashOf(canonicalJson(shown)), body: { json: shown } };
}

function hashOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Where two bodies first differ, such as `messages[2].content`; `undefined` where they do not. */
export function firstDifference(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  path = "",
): string | undefined {
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = Math.max(left.length, right.length);
    return firstOf(
      length,
      (index) => firstDifference(left[index], right[index], `${path}[${index}]`),
    );
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return firstOf(names.length, (index) => {
      const name = names[index] ?? "";
      return firstDifference(left[name], right[name], path === "" ? name : `${path}.${name}`);
    });
  }
  return left === right ? undefined : path;
}

function firstOf(
  count: number,
  find: (index: number) => string | undefined,
): string | undefined {
  for (let index = 0; index < count; index++) {
    const found = find(index);
    if (found !== undefined) return found;
  }
  return undefined;
}
