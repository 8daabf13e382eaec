/** The session that a request of Messages belongs to. */

import { isJsonObject, type JsonValue, parseJsonObject } from "../../../core/text/json.ts";
import { sessionText } from "../../conversation.ts";

/** Agents write more than a name there, within bounds. */
const MAX_CHARACTERS = 1_024;

/**
 * Of `metadata.user_id`, where Claude Code writes JSON of a device, an account and a session; earlier versions of
 * it wrote a text that ends with the session.
 */
export function readSession(metadata: JsonValue | undefined): string | undefined {
  const user = isJsonObject(metadata) ? sessionText(metadata["user_id"]) : undefined;
  if (user === undefined || !user.startsWith("{") || user.length > MAX_CHARACTERS) return user;
  return sessionText(parseJsonObject(user)?.["session_id"]) ?? user;
}
