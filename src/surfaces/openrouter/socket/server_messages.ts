/** The messages that the server sends. Texts named `json` are JSON already. */

import type { Clock } from "../../../core/clock.ts";

/** What a message of an answer begins with, which knows of no id, in place of its opening brace. */
export function messageStart(id: string): string {
  return `{"id":${JSON.stringify(id)},`;
}

/** `id` is `null` where it is about no request. */
export function errorMessage(id: string | null, json: string): string {
  return `{"type":"error","id":${JSON.stringify(id)},"error":${json}}`;
}

export function cancelledMessage(id: string): string {
  return JSON.stringify({ type: "cancelled", id });
}

/** With the id of the heartbeat that it answers, if that had one. */
export function heartbeatMessage(clock: Clock, id?: string | number): string {
  return JSON.stringify({ type: "heartbeat", id, timestamp: clock.epochMs() });
}

/** Comes before the connection is closed. */
export function closeMessage(code: number, reason: string): string {
  return JSON.stringify({ type: "close", code, reason });
}
