/** What of a sum of usages is the later one's. */

import type { Usage } from "../../../core/chat.ts";

/** @param before Contained in `sum`. */
export function usageBeyond(sum: Usage, before: Usage): Usage {
  const beyond = new Map<string, number>();
  for (const [name, count] of Object.entries(sum)) {
    if (typeof count !== "number") continue;
    const earlier = before[name as keyof Usage]; // They are names of one or of none.
    beyond.set(name, typeof earlier === "number" ? count - earlier : count);
  }
  return { ...sum, ...Object.fromEntries(beyond) };
}
