/** By what requests of the same conversation are known. */

import { isJsonObject, type JsonValue } from "../core/text/json.ts";

/** Messages up to the first of its user, which every later request begins with as well; of what is none, all. */
export function beginningOf(messages: JsonValue | undefined): readonly JsonValue[] {
  if (messages === undefined || messages === null) return [];
  if (!Array.isArray(messages)) return [messages];
  const first = messages.findIndex((message) =>
    isJsonObject(message) && message["role"] === "user"
  );
  return messages.slice(0, first === -1 ? 1 : first + 1);
}

/** The name of a session; `undefined` for what is none. */
export function sessionText(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
