/** Finds what Venice's validation says is wrong with a request. */

import { isJsonObject, type JsonValue } from "../../core/text/json.ts";

export interface Issue {
  /** Dotted path of the field; empty for the request as a whole. */
  readonly param: string;
  readonly message: string;
}

const MAX_DEPTH = 10;

/**
 * The first issue of a tree whose every node may have `_errors`, a list of texts:
 * `{"_errors":[],"temperature":{"_errors":["Too big"]}}`.
 */
export function firstIssue(
  node: JsonValue | undefined,
  path: readonly string[] = [],
): Issue | undefined {
  if (!isJsonObject(node) || path.length > MAX_DEPTH) return undefined;
  const { _errors: errors, ...fields } = node;
  const [message] = Array.isArray(errors) ? errors : [];
  if (typeof message === "string") return { param: path.join("."), message };
  for (const [name, below] of Object.entries(fields)) {
    const issue = firstIssue(below, [...path, name]);
    if (issue !== undefined) return issue;
  }
  return undefined;
}
