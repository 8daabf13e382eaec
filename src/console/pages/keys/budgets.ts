/** What may be spent, by whom, and how much of it is gone. */

import { useState } from "preact/hooks";
import type { Budget } from "../../api/answers.ts";
import { mayWrite } from "../../api/request.ts";
import { Field, Select, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty } from "../../parts/text.ts";
import { money, percent } from "../../words/numbers.ts";
import { minute } from "../../words/times.ts";
import {
  budgetBodyOf,
  type BudgetDraft,
  budgetDraftOf,
  BudgetFields,
  inWords,
} from "./budget_fields.ts";
import { type FormProps, MadeForm, MadeList, type TableProps } from "./made_list.ts";

export function Budgets({ turn }: { turn: number }): View {
  return html`
    <${MadeList} title="Budgets" noun="budget" turn=${turn} Table=${BudgetTable}
      Form=${BudgetForm} />
  `;
}

function BudgetTable({ list: budgets, choose }: TableProps<Budget>): View {
  if (budgets.length === 0) {
    return html`<${Empty} title="No budget yet">A hard budget refuses calls once it is spent; a soft
      one only tells of it.<//>`;
  }
  const columns = [
    {
      head: "For",
      kind: "main",
      cell: (budget: Budget) => html`${whose(budget)}<small>${budget.mode}</small>`,
    },
    { head: "Spent", cell: (budget: Budget) => html`<${Spent} budget=${budget} />` },
    {
      head: "Renews",
      kind: "wide",
      cell: ({ renews_at }: Budget) => renews_at ? minute(renews_at) : "never",
    },
    {
      head: "",
      cell: (budget: Budget) =>
        budget.source === "runtime" && mayWrite() &&
        html`<div class="actions"><button type="button" aria-label=${`Change ${whose(budget)}`}
          onClick=${() => choose(budget)}>Change</button></div>`,
    },
  ];
  return html`
    <${Table} caption="Budgets" columns=${columns} rows=${budgets}
      keyOf=${({ id }: Budget) => id} />
  `;
}

function whose({ scope: { kind, name } }: Budget): string {
  return kind === "all" ? "everybody" : `${kind} ${name}`;
}

function Spent({ budget }: { budget: Budget }): View {
  const { spent, usd } = budget;
  const width = `${Math.min(100, spent / Math.max(usd, 1e-9) * 100)}%`;
  return html`
    <div
      class="stack tight"><span>${money(spent)} <small class="inline">of ${inWords(
        budget,
      )}, ${percent(spent, usd)}</small></span>
        <div class="meter"><i class=${spent > usd ? "over" : ""} style=${{ width }}></i></div></div>
  `;
}

const SCOPES = [["all", "Everybody"], ["key", "A key"], ["team", "A team"], [
  "provider",
  "A provider",
]];

function BudgetForm({ known, onClose, onDone }: FormProps<Budget>): View {
  const [kind, setKind] = useState("all");
  const [name, setName] = useState("");
  const [draft, setDraft] = useState<BudgetDraft>(budgetDraftOf(known));
  const body = (): object => {
    const { usd, mode, unpriced } = draft;
    if (known !== undefined) return { usd: Number(usd), mode, unpriced };
    const scope = kind === "all" ? { kind } : { kind, name: name.trim() };
    return { scope, ...budgetBodyOf(draft) };
  };
  const scope = html`<${Field} label="For"><${Select} value=${kind} choices=${SCOPES}
      onChange=${setKind} /><//>
    ${
    kind !== "all" && html`<${Field} label="Name"><input required value=${name}
      onInput=${(event: Event) => setName(typed(event))} /><//>`
  }`;
  return html`
    <${MadeForm} title=${known ? `Budget of ${whose(known)}` : "New budget"} noun="budget"
      id=${known?.id} body=${body} onClose=${onClose} onDone=${onDone}>
      ${known === undefined && scope}
      <${BudgetFields} draft=${draft} onChange=${setDraft} isNeeded isPeriodFixed=${!!known} />
    <//>
  `;
}
