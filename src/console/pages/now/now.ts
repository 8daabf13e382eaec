/** What is happening: every call as it runs, and how the last hour went. */

import { useEffect } from "preact/hooks";
import type { CallLine, Health, Page, Usage } from "../../api/answers.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { html, type View } from "../../parts/html.ts";
import { Figures as Row } from "../../parts/figures.ts";
import { ErrorNote, Note, PageHead, Section, Tag } from "../../parts/text.ts";
import { compact, duration, money, percent, rate } from "../../words/numbers.ts";
import { CallTable } from "../calls/call_table.ts";
import {
  beat,
  isConnected,
  lastCalls,
  lastSeconds,
  MAX_LAST,
  missed,
  timeline,
  watch,
} from "./live.ts";
import { LiveTimeline } from "./live_timeline.ts";

const REFRESH_MS = 5_000;

export function Now(): View {
  useEffect(watch, []);
  const health = useAnswer<Health>("health", REFRESH_MS);
  const state = health.data?.status;
  return html`
    <${PageHead} title="Now" lead=${html`<${InFlight} />`}>
      ${state && html`<${Tag} tone=${state === "healthy" ? "good" : "bad"}>${state}<//>`}
      <${Connection} />
    <//>
    <${ErrorNote} error=${health.error} />
    ${health.data?.recent === null && html`<${Note} tone="bad">
      The ledger cannot be reached: calls go on, and what they cost is not kept for now.<//>`}
    <${Figures} health=${health.data} />
    <${Section} title="Timeline"><${LiveTimeline} /><//>
    <${LastCalls} />
  `;
}

function InFlight(): View {
  beat.value; // Shown anew with every batch of events.
  const running = timeline.inFlight();
  return html`<span>${running === 0 ? "No call is running." : `${rate(running)} running.`}</span>`;
}

function Connection(): View {
  const text = isConnected.value ? "live" : "connecting…";
  return html`<span class=${`live ${isConnected.value ? "on" : ""}`} role="status">${text}${
    missed.value > 0 && html`<small> ${rate(missed.value)} events missed</small>`
  }</span>`;
}

const PERIOD_S = 10;

function Figures({ health }: { health: Health | undefined }): View {
  beat.value;
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
  const spent = useAnswer<Usage>(`usage?group=hour&from=${hour}`, REFRESH_MS);
  const calls = lastSeconds(60, (second) => second.calls);
  const tokens = lastSeconds(60, (second) => second.tokens);
  const recent = health?.recent;
  const first = recent?.first_token_ms;
  return html`<${Row} figures=${[
    { name: "Calls a second", value: rate(mean(calls)), line: calls },
    { name: "Tokens a second", value: compact(mean(tokens)), line: tokens },
    { name: "Spent this hour", value: money(spent.data?.total.cost), note: unpriced(spent.data) },
    { name: "First token, p50", value: duration(first?.p50), note: "of the last calls" },
    { name: "First token, p99", value: duration(first?.p99), note: "of the last calls" },
    {
      name: "Errors",
      value: recent && percent(recent.failed, recent.calls),
      note: recent && `${recent.failed} of ${recent.calls}`,
    },
  ]} />`;
}

function unpriced(usage: Usage | undefined): string {
  const calls = usage?.total.unpriced ?? 0;
  return calls === 0 ? "" : `and ${compact(calls)} without a price`;
}

function mean(values: readonly number[]): number {
  return values.slice(-PERIOD_S).reduce((sum, value) => sum + value, 0) / PERIOD_S;
}

function LastCalls(): View {
  const before = useAnswer<Page<CallLine>>(`calls?limit=${MAX_LAST}`);
  const live = lastCalls.value.map(({ data, atMs }): CallLine => ({
    outcome: "complete",
    cost: null,
    cost_estimated: false,
    ...data,
    principal: String(data["key"] ?? ""),
    upstream: String(data["provider"] ?? ""),
    request_id: String(data["id"]),
    id: String(data["uid"] ?? data["id"]),
    ended_at: new Date(atMs).toISOString(),
  }));
  const known = new Set(live.map(({ request_id }) => request_id));
  const rows = [
    ...live,
    ...(before.data?.data ?? []).filter((call) => !known.has(call.request_id)),
  ];
  return html`
    <${Section} title="The last ones">
      <${ErrorNote} error=${before.error} />
      <${CallTable} calls=${rows.slice(0, MAX_LAST)} caption="The calls that ended last" />
      <//>
  `;
}
