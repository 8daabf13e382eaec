/// <reference lib="dom" />
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
import { minute, TIME_ZONE } from "../../words/times.ts";
import { PERIODS } from "./key_fields.ts";

export function Budgets({ turn }: { turn: number }): View {
  const { data, error, reload } = useAnswer<Page<Budget>>("budgets");
  const [isMaking, setMaking] = useState(false);
  const task = useTask();
  useEffect(() => turn > 0 ? reload() : undefined, [turn]);
  const remove = ({ id }: Budget): void => {
    task.run(async () => {
      await ask("DELETE", `budgets/${encodeURIComponent(id)}`);
      reload();
    });
  };
  const make = html`
    <button type="button" disabled=${!mayWrite()}
      onClick=${() => setMaking(true)}>New budget</button>
  `;
  return html`<${Section} title="Budgets" actions=${make}>
    <${ErrorNote} error=${error ?? task.error} />
    ${data && html`<${BudgetTable} budgets=${data.data} remove=${remove} />`}
    ${isMaking && html`<${BudgetForm} onClose=${() => setMaking(false)} onDone=${reload} />`}
  <//>`;
}

function BudgetTable(
  { budgets, remove }: { budgets: readonly Budget[]; remove: (budget: Budget) => void },
): View {
  if (budgets.length === 0) {
    return html`<${Empty} title="No budget yet">A hard budget refuses calls once it is spent; a soft
      one only tells of it.<//>`;
  }
  const columns = [
    {
      head: "For",
      kind: "main",
      cell: ({ scope, mode }: Budget) =>
        html`${scope.kind === "all" ? "everybody" : `${scope.kind} ${scope.name ?? ""}`}<small>${
          mode ?? "hard"
        }</small>`,
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
        html`
          <div class="actions">
            <${SureButton} label="Remove" sure="Remove for good"
              onClick=${() => remove(budget)} />
          </div>
        `,
    },
  ];
  return html`
    <${Table} caption="Budgets" columns=${columns} rows=${budgets}
      keyOf=${({ id }: Budget) => id} />
  `;
}

function Spent({ budget: { spent, usd, period } }: { budget: Budget }): View {
  const all = `${money(usd)} ${PERIODS.find(([name]) => name === period)?.[1] ?? period}`;
  if (spent === null) return html`<span>not known, of ${all}</span>`;
  const width = `${Math.min(100, spent / Math.max(usd, 1e-9) * 100)}%`;
  return html`
    <div
      class="stack tight"><span>${money(spent)} <small class="inline">of ${all}, ${percent(
        spent,
        usd,
      )}</small></span><div class="meter"><i class=${spent > usd ? "over" : ""} style=${{
        width,
      }}></i></div></div>
  `;
}

const SCOPES = [["all", "Everybody"], ["key", "A key"], ["team", "A team"], [
  "provider",
  "A provider",
]];
const MODES = [["hard", "Refuse calls once it is spent"], ["soft", "Only tell of it"]];

function BudgetForm({ onClose, onDone }: { onClose: () => void; onDone: () => void }): View {
  const [draft, setDraft] = useState({
    kind: "all",
    name: "",
    usd: "",
    period: "month",
    mode: "hard",
  });
  const { isRunning, error, run } = useTask();
  const change = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });
  const text = (event: Event): string => (event.target as HTMLInputElement).value;
  const submit = (event: Event): void => {
    event.preventDefault();
    const { kind, name, usd, period, mode } = draft;
    run(async () => {
      const scope = kind === "all" ? { kind } : { kind, name: name.trim() };
      await ask("POST", "budgets", { scope, usd: Number(usd), period, mode, time_zone: TIME_ZONE });
      onDone();
      onClose();
    });
  };
  return html`
    <${Dialog} title="New budget" onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        <${Field} label="For"><${Select} value=${draft.kind} choices=${SCOPES}
          onChange=${(kind: string) => change({ kind })} /><//>
        ${draft.kind !== "all" && html`<${Field} label="Name"><input required value=${draft.name}
      onInput=${(event: Event) => change({ name: text(event) })} /><//>`}
        <${Field} label="Dollars"><input type="number" required min="0" step="any" value=${draft
          .usd}
          onInput=${(event: Event) => change({ usd: text(event) })} /><//>
        <${Field} label="Period"><${Select} value=${draft.period} choices=${PERIODS}
          onChange=${(period: string) => change({ period })} /><//>
        <${Field} label="When it is spent"><${Select} value=${draft.mode} choices=${MODES}
          onChange=${(mode: string) => change({ mode })} /><//>
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions"><button class="primary" disabled=${isRunning}>Make the budget</button>
          <button type="button" onClick=${onClose}>Cancel</button></div>
      </form><//>
  `;
}
