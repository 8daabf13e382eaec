/**
 * Seals of calls, which some formats tell beside the call and not on it.
 *
 * @module
 */

import type { Part, Seal } from "../core/chat/chat.ts";

/** Puts each seal that names a call of the same message on that call. */
export function attachSeals(parts: readonly Part[]): readonly Part[] {
  const callIds = new Set<string>();
  for (const part of parts) {
    if (part.type === "tool_call" && part.callId !== "") callIds.add(part.callId);
  }
  const seals = new Map<string, Seal>();
  for (const part of parts) {
    if (part.type === "sealed" && part.id !== undefined && callIds.has(part.id)) {
      seals.set(part.id, part.seal);
    }
  }
  if (seals.size === 0) return parts;
  return parts.flatMap((part): readonly Part[] => {
    if (part.type === "sealed") return part.id !== undefined && seals.has(part.id) ? [] : [part];
    const seal = part.type === "tool_call" ? seals.get(part.callId) : undefined;
    return [part.type === "tool_call" && seal !== undefined ? { seal, ...part } : part];
  });
}
