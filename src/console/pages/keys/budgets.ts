/** What may be spent, by whom, and how much of it is gone. */

import { useEffect, useState } from "preact/hooks";
import type { Budget, Page } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Dialog, Field, Select, SureButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { money, percent } from "../../words/numbers.ts";
import { minute } from "../../words/times.ts";
import {
  budgetBodyOf,
  type BudgetDraft,
  budgetDraftOf,
  BudgetFields,
  inWords,
} from "./budget_fields.ts";

/** `new`, or the one that is changed. */
type Chosen = Budget | "new" | undefined;

export function Budgets({ turn }: { turn: number }): View {
  const { data, error, reload } = useAnswer<Page<Budget>>("budgets?limit=500");
  const [chosen, setChosen] = useState<Chosen>();
  useEffect(() => turn > 0 ? reload() : undefined, [turn]);
  const make = html`
    <button type="button" disabled=${!mayWrite()}
      onClick=${() => setChosen("new")}>New budget</button>
  `;
  return html`<${Section} title="Budgets" actions=${make}>
    <${ErrorNote} error=${error} />
    ${data && html`<${BudgetTable} budgets=${data.data} choose=${setChosen} />`}
    ${
    chosen && html`
      <${BudgetForm} known=${chosen === "new" ? undefined : chosen}
        onClose=${() => setChosen(undefined)} onDone=${reload} />
    `
  }
  <//>`;
}

function BudgetTable(
  { budgets, choose }: { budgets: readonly Budget[]; choose: (budget: Budget) => void },
): View {
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

function BudgetForm(
  { known, onClose, onDone }: {
    known: Budget | undefined;
    onClose: () => void;
    onDone: () => void;
  },
): View {
  const [kind, setKind] = useState("all");
  const [name, setName] = useState("");
  const [draft, setDraft] = useState<BudgetDraft>(budgetDraftOf(known));
  const { isRunning, error, run } = useTask();
  const act = (method: string, path: string, body?: unknown): void => {
    run(async () => {
      await ask(method, path, body);
      onDone();
      onClose();
    });
  };
  const path = `budgets/${encodeURIComponent(known?.id ?? "")}`;
  const submit = (event: Event): void => {
    event.preventDefault();
    const { usd, mode, unpriced } = draft;
    if (known !== undefined) return act("PATCH", path, { usd: Number(usd), mode, unpriced });
    const scope = kind === "all" ? { kind } : { kind, name: name.trim() };
    act("POST", "budgets", { scope, ...budgetBodyOf(draft) });
  };
  const scope = html`<${Field} label="For"><${Select} value=${kind} choices=${SCOPES}
      onChange=${setKind} /><//>
    ${
    kind !== "all" && html`<${Field} label="Name"><input required value=${name}
      onInput=${(event: Event) => setName((event.target as HTMLInputElement).value)} /><//>`
  }`;
  return html`
    <${Dialog} title=${known ? `Budget of ${whose(known)}` : "New budget"}
      onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        ${known === undefined && scope}
        <${BudgetFields} draft=${draft} onChange=${setDraft} isNeeded isPeriodFixed=${!!known} />
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions">
          <button class="primary" disabled=${isRunning}>${known
            ? "Save"
            : "Make the budget"}</button>
          ${known && html`
            <${SureButton} label="Remove" sure="Remove for good"
              onClick=${() => act("DELETE", path)} />
          `}
        </div>
      </form>
      <//>
  `;
}
