/** Who used how much of what, and what it cost, by the day or the hour. */

import type { Sums, Usage as UsageAnswer, UsageRow } from "../../api/answers.ts";
import { addressOf, queryOf } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Chart } from "../../parts/chart.ts";
import { Segments, Select } from "../../parts/controls.ts";
import { Figures } from "../../parts/figures.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, PageHead, Section } from "../../parts/text.ts";
import { route, setQuery } from "../../shell/route.ts";
import { compact, count, money, percent } from "../../words/numbers.ts";
import { dayOf, minute, TIME_ZONE } from "../../words/times.ts";
import { gather, type Measure } from "./gather.ts";

const SPANS = [
  ["24h", "Last 24 hours", 86_400_000],
  ["7d", "Last 7 days", 7 * 86_400_000],
  ["30d", "Last 30 days", 30 * 86_400_000],
  ["90d", "Last 90 days", 90 * 86_400_000],
] as const;
const HOUR_MS = 3_600_000;

const GROUPS = [
  ["model", "By model"],
  ["key", "By key"],
  ["team", "By team"],
  ["provider", "By provider"],
  ["surface", "By surface"],
] as const;

const MEASURES: readonly (readonly [Measure, string])[] = [
  ["cost", "Spend"],
  ["tokens", "Tokens"],
  ["calls", "Calls"],
];

export function Usage(): View {
  const { query } = route.value;
  const asked = {
    span: query.get("span") ?? "30d",
    group: query.get("group") ?? "model",
    measure: (query.get("measure") ?? "cost") as Measure,
  };
  const change = (name: string, value: string): void => {
    const next = new URLSearchParams(query);
    next.set(name, value);
    setQuery(next);
  };
  const unit = asked.span === "24h" ? "hour" : "day";
  const from = startOf(asked.span);
  const stacked = { group: `${unit},${asked.group}`, from, time_zone: TIME_ZONE, limit: 10_000 };
  const parts = useAnswer<UsageAnswer>(`usage${queryOf(stacked)}`);
  const rows = useAnswer<UsageAnswer>(`usage${queryOf({ group: asked.group, from, limit: 500 })}`);
  const csv = queryOf({ ...stacked, format: "csv" });
  return html`
    <${PageHead} title="Usage" lead="What was spent, by whom and on what.">
      <a class="button" href=${addressOf(`usage${csv}`)} download="usage.csv">Download CSV</a>
    <//>
    <div class="filters">
      <${Select} aria-label="Time" value=${asked.span}
        choices=${SPANS}
        onChange=${(value: string) => change("span", value)} />
      <${Select} aria-label="Stacked by" value=${asked.group} choices=${GROUPS}
        onChange=${(value: string) => change("group", value)} />
      <${Segments} label="Measure" value=${asked.measure} choices=${MEASURES}
        onChange=${(value: string) => change("measure", value)} />
    </div>
    <${ErrorNote} error=${parts.error ?? rows.error} />
    ${rows.data && html`<${Totals} total=${rows.data.total} />`}
    ${parts.data && html`<${Stacked} ...${asked} unit=${unit} rows=${parts.data.data} />`}
    ${rows.data && html`<${Rows} group=${asked.group} usage=${rows.data} />`}
  `;
}

/** Whole hours, so that the same question has the same address for a while. */
function startOf(span: string): string {
  const [, , ms] = SPANS.find(([name]) => name === span) ?? SPANS[2];
  return new Date(Math.floor((Date.now() - ms) / HOUR_MS) * HOUR_MS).toISOString();
}

function Totals({ total }: { total: Sums }): View {
  const unpriced = total.unpriced > 0 ? `${count(total.unpriced)} without a price` : "";
  return html`<${Figures} figures=${[
    { name: "Spend", value: money(total.cost), note: unpriced },
    { name: "Calls", value: compact(total.calls) },
    {
      name: "Failed",
      value: percent(total.failed, total.calls),
      note: `${count(total.failed)} of them`,
    },
    {
      name: "Input tokens",
      value: compact(total.input_tokens),
      note: `${compact(total.cached_tokens)} from caches`,
    },
    {
      name: "Output tokens",
      value: compact(total.output_tokens),
      note: `${compact(total.reasoning_tokens)} reasoning`,
    },
    { name: "Estimated", value: compact(total.estimated), note: "costs by our own count" },
  ]} />`;
}

function Stacked(
  { rows, unit, group, measure }: {
    rows: readonly UsageRow[];
    unit: "hour" | "day";
    group: string;
    measure: Measure;
  },
): View {
  const { times, series } = gather(rows, unit, group, measure);
  const title = MEASURES.find(([name]) => name === measure)?.[1] ?? "";
  if (times.length === 0) {
    return html`
      <${Section} title=${title}>
        <${Empty} title="Nothing in this time">
            Sums appear here as soon as a call has ended.<//><//>
    `;
  }
  const when = unit === "day" ? dayOf : minute;
  return html`
    <${Section} title=${`${title} by ${unit}`}>
      <${Chart} label=${`${title} by ${unit} and ${group}; the sums are in the table below`}
        times=${times} series=${series} format=${measure === "cost" ? money : compact}
        formatTime=${(ms: number) => when(new Date(ms).toISOString())} />
      <//>
  `;
}

function Rows({ group, usage }: { group: string; usage: UsageAnswer }): View {
  const name = (row: UsageRow): string => String(row[group] || "none");
  const columns = [
    { head: group[0]?.toUpperCase() + group.slice(1), kind: "main", cell: name },
    { head: "Calls", kind: "number", cell: (row: UsageRow) => count(row.calls) },
    { head: "Failed", kind: "number wide", cell: (row: UsageRow) => count(row.failed) },
    { head: "Input", kind: "number wide", cell: (row: UsageRow) => compact(row.input_tokens) },
    { head: "Output", kind: "number wide", cell: (row: UsageRow) => compact(row.output_tokens) },
    { head: "Unpriced", kind: "number wide", cell: (row: UsageRow) => count(row.unpriced) },
    { head: "Cost", kind: "number", cell: (row: UsageRow) => money(row.cost) },
  ];
  return html`
    <${Section} title="Sums">
      <${Table} caption=${`Sums by ${group}`} columns=${columns} rows=${usage.data} keyOf=${name} />
      <//>
  `;
}
