/** What the events have told since somebody looks; it goes on while another page is shown. */

import { signal } from "@preact/signals";
import type { CallLine, Page } from "../../api/answers.ts";
import type { LiveEvent } from "../../api/live_event.ts";
import { followEvents } from "../../api/live_events.ts";
import { ask, queryOf } from "../../api/request.ts";
import { type PastCall, Timeline } from "./timeline.ts";

export interface Second {
  readonly atMs: number;
  calls: number;
  failed: number;
  tokens: number;
}

const MAX_SECONDS = 60;
/** Calls that ended last, of which the page shows as many. */
export const MAX_LAST = 12;

/** All but these are a failure of somebody. */
const GOOD = new Set(["complete", "client_gone"]);

export const timeline = new Timeline();
/** Grows with every batch of events. */
export const beat = signal(0);
export const isConnected = signal(false);
/** Events that this page has missed. */
export const missed = signal(0);
/** The last minute, the newest second last. */
export const seconds: Second[] = [];
/** The data of the calls that ended last, the newest first. */
export const lastCalls = signal<readonly LiveEvent[]>([]);

/** How far the browser's clock is ahead of the server's. */
let aheadMs = Infinity;

export function serverNowMs(): number {
  return Date.now() - (aheadMs === Infinity ? 0 : aheadMs);
}

const PAST = 200;
const PAST_MS = 5 * 60_000;

/** The calls of the minutes before, so that the picture does not begin empty. */
async function addPast(): Promise<void> {
  const from = new Date(Date.now() - PAST_MS).toISOString();
  const { data } = await ask<Page<CallLine>>("GET", `calls${queryOf({ from, limit: PAST })}`);
  for (const call of [...data].reverse()) timeline.addPast(pastOf(call));
  beat.value++;
}

function pastOf(call: CallLine): PastCall {
  const { id: uid, request_id: id, duration_ms = 0, queue_ms = 0, first_token_ms } = call;
  const endMs = Date.parse(call.ended_at);
  const startMs = endMs - duration_ms;
  return {
    id,
    uid,
    model: call.model ?? "",
    key: call.principal ?? "",
    startMs,
    sentMs: startMs + queue_ms,
    provider: call.upstream ?? "",
    firstTokenMs: first_token_ms === undefined ? undefined : startMs + first_token_ms,
    endMs,
    outcome: call.outcome,
  };
}

let viewers = 0;
let leave: (() => void) | undefined;

/** Follows the events while anybody looks; calls of before are forgotten where there was a gap. */
export function watch(): () => void {
  viewers++;
  leave ??= followEvents({
    onConnected: (value) => {
      isConnected.value = value;
      // The list below tells of what keeps the ledger from answering.
      if (value) addPast().catch(() => undefined);
    },
    onEvents: (events, lost) => {
      for (const event of events) take(event);
      timeline.prune(serverNowMs());
      missed.value += lost;
      beat.value++;
    },
  });
  return () => {
    viewers--;
    if (viewers > 0) return;
    leave?.();
    leave = undefined;
    timeline.clear();
  };
}

function take(event: LiveEvent): void {
  // The least delay that was seen is the nearest to none.
  aheadMs = Math.min(aheadMs, Date.now() - event.atMs);
  if (event.type === "viewer.behind") missed.value += Number(event.data["lost"]) || 0;
  timeline.apply(event);
  if (event.type !== "call.ended") return;
  const second = secondOf(event.atMs);
  second.calls++;
  if (!GOOD.has(String(event.data["outcome"]))) second.failed++;
  second.tokens += Number(event.data["output_tokens"]) || 0;
  lastCalls.value = [event, ...lastCalls.value].slice(0, MAX_LAST);
}

function secondOf(ms: number): Second {
  const atMs = Math.floor(ms / 1000) * 1000;
  let second = seconds.findLast((known) => known.atMs <= atMs);
  if (second?.atMs !== atMs) {
    second = { atMs, calls: 0, failed: 0, tokens: 0 };
    seconds.push(second);
    if (seconds.length > MAX_SECONDS) seconds.shift();
  }
  return second;
}

/** Of the last seconds, one value each, those without a call included. */
export function lastSeconds(length: number, value: (second: Second) => number): number[] {
  const untilMs = Math.floor(serverNowMs() / 1000) * 1000;
  const known = new Map(seconds.map((second) => [second.atMs, value(second)]));
  return Array.from(
    { length },
    (_, index) => known.get(untilMs - (length - index) * 1000) ?? 0,
  );
}
