/** Teams, which share a budget. */

import { useEffect, useState } from "preact/hooks";
import type { Page, Team } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Dialog, Field, SureButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { count } from "../../words/numbers.ts";
import {
  budgetBodyOf,
  type BudgetDraft,
  budgetDraftOf,
  BudgetFields,
  inWords,
} from "./budget_fields.ts";

/** `new`, or the one that is changed. */
type Chosen = Team | "new" | undefined;

export function Teams({ turn, onDone }: { turn: number; onDone: () => void }): View {
  const { data, error, reload } = useAnswer<Page<Team>>("teams?limit=500");
  const [chosen, setChosen] = useState<Chosen>();
  useEffect(() => turn > 0 ? reload() : undefined, [turn]);
  const make = html`
    <button type="button" disabled=${!mayWrite()}
      onClick=${() => setChosen("new")}>New team</button>
  `;
  return html`<${Section} title="Teams" actions=${make}>
    <${ErrorNote} error=${error} />
    ${data && html`<${TeamTable} teams=${data.data} choose=${setChosen} />`}
    ${
    chosen && html`
      <${TeamForm} known=${chosen === "new" ? undefined : chosen}
        onClose=${() => setChosen(undefined)} onDone=${onDone} />
    `
  }
  <//>`;
}

function TeamTable(
  { teams, choose }: { teams: readonly Team[]; choose: (team: Team) => void },
): View {
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

function TeamForm(
  { known, onClose, onDone }: {
    known: Team | undefined;
    onClose: () => void;
    onDone: () => void;
  },
): View {
  const [name, setName] = useState("");
  const [description, setDescription] = useState(known?.description ?? "");
  const [draft, setDraft] = useState<BudgetDraft>(budgetDraftOf(known?.budget));
  const { isRunning, error, run } = useTask();
  const text = (event: Event): string => (event.target as HTMLInputElement).value;
  const act = (method: string, path: string, body?: unknown): void => {
    run(async () => {
      await ask(method, path, body);
      onDone();
      onClose();
    });
  };
  const path = `teams/${encodeURIComponent(known?.id ?? "")}`;
  const submit = (event: Event): void => {
    event.preventDefault();
    const body = { description: description || null, budget: budgetBodyOf(draft) };
    if (known !== undefined) act("PATCH", path, body);
    else act("POST", "teams", { name: name.trim(), ...body });
  };
  return html`
    <${Dialog} title=${known ? known.name : "New team"} onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        ${known === undefined &&
          html`<${Field} label="Name"><input required autofocus maxlength="64"
      value=${name} onInput=${(event: Event) => setName(text(event))} /><//>`}
        <${Field} label="Description"><input maxlength="200" value=${description}
          onInput=${(event: Event) => setDescription(text(event))} /><//>
        <${BudgetFields} draft=${draft} onChange=${setDraft} />
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions">
          <button class="primary" disabled=${isRunning}>${known ? "Save" : "Make the team"}</button>
          ${known && html`
            <${SureButton} label="Remove" sure="Remove for good"
              onClick=${() => act("DELETE", path)} />
          `}
        </div>
      </form><//>
  `;
}
