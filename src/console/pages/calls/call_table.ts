/** Calls as rows, each of which leads to the call's own page. */

import type { CallLine } from "../../api/answers.ts";
import { html, type View } from "../../parts/html.ts";
import { type Column, Table } from "../../parts/table.ts";
import { Empty, Outcome, When } from "../../parts/text.ts";
import { linkTo } from "../../shell/route.ts";
import { count, duration, money } from "../../words/numbers.ts";

const COLUMNS: readonly Column<CallLine>[] = [
  {
    head: "Ended",
    cell: ({ id, ended_at }) =>
      html`<a class="row-link" href=${linkTo("calls", id)}><${When} at=${ended_at} /></a>`,
  },
  {
    head: "Outcome",
    cell: ({ outcome, status }) =>
      html`<${Outcome} outcome=${outcome} />${
        outcome !== "complete" && status && html`<small>${status}</small>`
      }`,
  },
  { head: "Model", kind: "main", cell: (call) => modelOf(call) },
  { head: "Provider", kind: "wide", cell: ({ upstream }) => upstream },
  { head: "Key", kind: "wide", cell: ({ principal }) => principal },
  { head: "Surface", kind: "wide", cell: ({ surface }) => surface },
  { head: "First token", kind: "number wide", cell: (call) => duration(call.first_token_ms) },
  { head: "Took", kind: "number", cell: (call) => duration(call.duration_ms) },
  { head: "In", kind: "number wide", cell: (call) => count(call.input_tokens) },
  { head: "Out", kind: "number wide", cell: (call) => count(call.output_tokens) },
  {
    head: "Cost",
    kind: "number",
    cell: ({ cost, cost_estimated }) => `${cost_estimated ? "≈ " : ""}${money(cost)}`,
  },
];

function modelOf({ model, served_model }: CallLine): unknown {
  const isOther = served_model !== undefined && served_model !== model;
  return html`${model ?? "–"}${isOther && html`<small>${served_model}</small>`}`;
}

export function CallTable(
  { calls, caption }: { calls: readonly CallLine[]; caption: string },
): View {
  if (calls.length === 0) {
    return html`<${Empty} title="Nothing here yet">Every call that ends appears in this list.<//>`;
  }
  return html`
    <${Table} caption=${caption} columns=${COLUMNS} rows=${calls}
      keyOf=${({ id }: CallLine) => id} />
  `;
}
