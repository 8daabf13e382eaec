/** The events of calls as they happen, ten times a second at most, however many there are. */

import type { LiveEvent } from "./live_event.ts";
import { addressOf, queryOf } from "./request.ts";

/** Nothing else is shown, so that nothing else is asked for. */
const ASKED = ["call.started", "call.attempt", "call.first_token", "call.ended"];
/** Told whatever is asked for. */
const BEHIND = "viewer.behind";

const FLUSH_MS = 100;
/** Of one flush; a page that cannot keep up leaves the oldest out. */
const MAX_PENDING = 5_000;

export interface LiveHandlers {
  /** All that has come since the last time, the oldest first, and how many were left out. */
  readonly onEvents: (events: readonly LiveEvent[], lost: number) => void;
  readonly onConnected: (isConnected: boolean) => void;
}

/** Follows the events until the function that is returned is called. */
export function followEvents({ onEvents, onConnected }: LiveHandlers): () => void {
  let pending: MessageEvent<string>[] = [];
  let lost = 0;
  const source = new EventSource(addressOf(`events${queryOf({ types: ASKED.join(",") })}`));
  const take = (event: MessageEvent<string>): void => {
    if (pending.length < MAX_PENDING) pending.push(event);
    else lost++;
  };
  for (const type of [...ASKED, BEHIND]) source.addEventListener(type, take);
  source.onopen = () => onConnected(true);
  source.onerror = () => onConnected(false);
  const timer = setInterval(() => {
    if (pending.length === 0 && lost === 0) return;
    const events = pending.map(read).filter((event) => event !== undefined);
    const left = lost;
    pending = [];
    lost = 0;
    onEvents(events, left);
  }, FLUSH_MS);
  return () => {
    clearInterval(timer);
    source.close();
  };
}

function read({ type, data }: MessageEvent<string>): LiveEvent | undefined {
  try {
    const event = JSON.parse(data);
    return { type, atMs: Date.parse(event.at), data: event.data ?? {} };
  } catch {
    return undefined; // Nothing to show, and no reason to stop.
  }
}
