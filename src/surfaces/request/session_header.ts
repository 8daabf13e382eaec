/** The session that a request belongs to, as agents name it in a header. */

import type { HeaderReader } from "../../core/provider/transport.ts";

/** The one that says what it is for comes first; after it those of Claude Code, Codex, opencode and Qwen Code. */
const HEADERS: readonly string[] = [
  "x-session-affinity",
  "x-claude-code-session-id",
  "session-id",
  "session_id",
  "x-qwen-code-session-id",
];

/** `undefined` where it names none. */
export function sessionOf(headers: HeaderReader): string | undefined {
  for (const name of HEADERS) {
    const value = headers.get(name);
    if (value !== null && value !== "") return value;
  }
  return undefined;
}
