/** Teams, which share a budget. */

import { useState } from "preact/hooks";
import type { Team } from "../../api/answers.ts";
import { mayWrite } from "../../api/request.ts";
import { Field, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty } from "../../parts/text.ts";
import { count } from "../../words/numbers.ts";
import {
  budgetBodyOf,
  type BudgetDraft,
  budgetDraftOf,
  BudgetFields,
  inWords,
} from "./budget_fields.ts";
import { type FormProps, MadeForm, MadeList, type TableProps } from "./made_list.ts";

export function Teams({ turn, onDone }: { turn: number; onDone: () => void }): View {
  return html`
    <${MadeList} title="Teams" noun="team" turn=${turn} onDone=${onDone} Table=${TeamTable}
      Form=${TeamForm} />
  `;
}

function TeamTable({ list: teams, choose }: TableProps<Team>): View {
  if (teams.length === 0) {
    return html`<${Empty} title="No team yet">Keys of a team share its budget, and sums are kept of
      it.<//>`;
  }
  const columns = [
    {
      head: "Name",
      kind: "main",
      cell: ({ name, description }: Team) =>
        html`<strong>${name}</strong>${description && html`<small>${description}</small>`}`,
    },
    { head: "Keys", kind: "number", cell: ({ keys }: Team) => count(keys) },
    {
      head: "Budget",
      kind: "number",
      cell: ({ budget }: Team) => budget ? inWords(budget) : "none",
    },
    {
      head: "",
      cell: (team: Team) =>
        mayWrite() && html`<div class="actions"><button type="button"
          aria-label=${`Change ${team.name}`} onClick=${() => choose(team)}>Change</button></div>`,
    },
  ];
  return html`
    <${Table} caption="Teams" columns=${columns} rows=${teams}
      keyOf=${({ id }: Team) => id} />
  `;
}

function TeamForm({ known, onClose, onDone }: FormProps<Team>): View {
  const [name, setName] = useState("");
  const [description, setDescription] = useState(known?.description ?? "");
  const [draft, setDraft] = useState<BudgetDraft>(budgetDraftOf(known?.budget));
  const body = (): object => ({
    ...(known === undefined && { name: name.trim() }),
    description: description || null,
    budget: budgetBodyOf(draft),
  });
  return html`
    <${MadeForm} title=${known?.name ?? "New team"} noun="team" id=${known?.id} body=${body}
      onClose=${onClose} onDone=${onDone}>
      ${known === undefined &&
        html`<${Field} label="Name"><input required autofocus maxlength="64" value=${name}
          onInput=${(event: Event) => setName(typed(event))} /><//>`}
      <${Field} label="Description"><input maxlength="200" value=${description}
        onInput=${(event: Event) => setDescription(typed(event))} /><//>
      <${BudgetFields} draft=${draft} onChange=${setDraft} />
    <//>
  `;
}
