/** Every call that is kept, found by what it was and how it ended. */

import { useState } from "preact/hooks";
import type { CallPage } from "../../api/answers.ts";
import { queryOf } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Field, SearchBox, Select, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Pager, type Trail } from "../../parts/pager.ts";
import { ErrorNote, Note, PageHead } from "../../parts/text.ts";
import { route, setQuery } from "../../shell/route.ts";
import { OUTCOME_NAMES, outcomeLabel } from "../../words/outcomes.ts";
import { CallTable } from "./call_table.ts";

const LIMIT = 50;
/** The start of a time that is a minute old need not be looked for anew. */
const STEP_MS = 60_000;

const SPANS = [
  ["15m", "Last 15 minutes", 15 * 60_000],
  ["1h", "Last hour", 3_600_000],
  ["24h", "Last 24 hours", 86_400_000],
  ["7d", "Last 7 days", 7 * 86_400_000],
  ["30d", "Last 30 days", 30 * 86_400_000],
  ["", "All time", 0],
  ["range", "Between…", 0],
] as const;

const STATUSES = [
  ["", "Any status"],
  "2xx",
  "4xx",
  "5xx",
  "400",
  "401",
  "402",
  "429",
  "499",
  "502",
  "504",
];

const TEXTS = [["model", "Model"], ["key", "Key"], ["provider", "Provider"], [
  "surface",
  "Surface",
]];

export function Calls(): View {
  const { query } = route.value;
  const filters = Object.fromEntries(query);
  const [cursors, setCursors] = useState<Trail>([]);
  const { span = "", from, until, ...rest } = filters;
  const path = `calls${
    queryOf({ ...rest, ...timeOf(span, from, until), limit: LIMIT, cursor: cursors.at(-1) })
  }`;
  const { data, error, isLoading, reload } = useAnswer<CallPage>(path);
  const change = (name: string, value: string): void => {
    setCursors([]);
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setQuery(next);
  };
  return html`
    <${PageHead} title="Calls" lead="What every call was, how it ended and what it cost.">
      <button type="button" onClick=${reload} disabled=${isLoading}>Refresh</button>
    <//>
    <${Filters} filters=${filters} change=${change} />
    <${ErrorNote} error=${error} />
    ${data?.is_partial && html`<${Note}>The text was looked for among the newest calls of this time
      only; narrow the time to find older ones.<//>`}
    <div aria-busy=${isLoading} aria-live="polite">
      ${data && html`<${CallTable} calls=${data.data} caption="Calls that match" />`}
    </div>
    <${Pager} trail=${cursors} next=${data?.next_cursor} onChange=${setCursors} />
  `;
}

function timeOf(span: string, from = "", until = ""): { from?: string; until?: string } {
  if (span === "range") return { from: asIso(from), until: asIso(until) };
  const [, , ms = 0] = SPANS.find(([name]) => name === span) ?? [];
  if (ms === 0) return {};
  return { from: new Date(Math.floor((Date.now() - ms) / STEP_MS) * STEP_MS).toISOString() };
}

/** Of what an input of date and time has, which is a time of here. */
function asIso(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}

function Filters(
  { filters, change }: {
    filters: Readonly<Record<string, string>>;
    change: (name: string, value: string) => void;
  },
): View {
  const { span = "", outcome = "", status = "", text = "", from = "", until = "" } = filters;
  return html`
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <${SearchBox} label="Search ids, names, codes, causes" value=${text}
        onChange=${(value: string) => change("text", value)} />
      <${Select} aria-label="Time" value=${span} choices=${SPANS} onChange=${(value: string) =>
        change("span", value)} />
      ${span === "range" && html`<${Between} from=${from} until=${until} change=${change} />`}
      <${Select} aria-label="Outcome" value=${outcome} choices=${[
        ["", "Any outcome"],
        ...OUTCOME_NAMES.map((name) => [name, outcomeLabel(name)]),
      ]} onChange=${(value: string) => change("outcome", value)} />
      <${Select} aria-label="Status" value=${status} choices=${STATUSES}
        onChange=${(value: string) => change("status", value)} />
      ${TEXTS.map(([name = "", label = ""]) =>
        html`
          <${SearchBox} key=${name} label=${label} value=${filters[name] ?? ""}
            onChange=${(value: string) => change(name, value)} />
        `
      )}
    </form>
  `;
}

function Between(
  { from, until, change }: {
    from: string;
    until: string;
    change: (name: string, value: string) => void;
  },
): View {
  const input = (name: string, value: string): View =>
    html`<input type="datetime-local" value=${value} onChange=${(event: Event) =>
      change(name, typed(event))} />`;
  return html`<${Field} label="From">${input("from", from)}<//>
    <${Field} label="Until">${input("until", until)}<//>`;
}
