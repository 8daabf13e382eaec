/// <reference lib="dom" />
/** Teams, which share a budget. */

import { useEffect, useState } from "preact/hooks";
import type { Page, Team } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Dialog, Field, Select, SureButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { count, money } from "../../words/numbers.ts";
import { PERIODS } from "./key_fields.ts";

export function Teams({ turn }: { turn: number }): View {
  const { data, error, reload } = useAnswer<Page<Team>>("teams");
  const [isMaking, setMaking] = useState(false);
  const task = useTask();
  useEffect(() => turn > 0 ? reload() : undefined, [turn]);
  const remove = ({ id }: Team): void => {
    task.run(async () => {
      await ask("DELETE", `teams/${encodeURIComponent(id)}`);
      reload();
    });
  };
  const make = html`
    <button type="button" disabled=${!mayWrite()}
      onClick=${() => setMaking(true)}>New team</button>
  `;
  return html`<${Section} title="Teams" actions=${make}>
    <${ErrorNote} error=${error ?? task.error} />
    ${data && html`<${TeamTable} teams=${data.data} remove=${remove} />`}
    ${isMaking && html`<${TeamForm} onClose=${() => setMaking(false)} onDone=${reload} />`}
  <//>`;
}

function TeamTable(
  { teams, remove }: { teams: readonly Team[]; remove: (team: Team) => void },
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
      cell: ({ budget }: Team) => budget ? `${money(budget.usd)} / ${budget.period}` : "none",
    },
    {
      head: "",
      cell: (team: Team) =>
        mayWrite() && html`
          <div class="actions">
            <${SureButton} label="Remove" sure="Remove for good"
              onClick=${() => remove(team)} />
          </div>
        `,
    },
  ];
  return html`
    <${Table} caption="Teams" columns=${columns} rows=${teams}
      keyOf=${({ id }: Team) => id} />
  `;
}

function TeamForm({ onClose, onDone }: { onClose: () => void; onDone: () => void }): View {
  const [draft, setDraft] = useState({ name: "", description: "", usd: "", period: "month" });
  const { isRunning, error, run } = useTask();
  const change = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });
  const text = (event: Event): string => (event.target as HTMLInputElement).value;
  const submit = (event: Event): void => {
    event.preventDefault();
    const { name, description, usd, period } = draft;
    run(async () => {
      const budget = usd === "" ? null : { usd: Number(usd), period };
      await ask("POST", "teams", { name: name.trim(), description: description || null, budget });
      onDone();
      onClose();
    });
  };
  return html`
    <${Dialog} title="New team" onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        <${Field} label="Name"><input required autofocus maxlength="100" value=${draft.name}
          onInput=${(event: Event) => change({ name: text(event) })} /><//>
        <${Field} label="Description"><input maxlength="200" value=${draft.description}
          onInput=${(event: Event) => change({ description: text(event) })} /><//>
        <${Field} label="Budget in dollars"><input type="number" min="0" step="any" placeholder="none"
          value=${draft.usd} onInput=${(event: Event) => change({ usd: text(event) })} /><//>
        <${Field} label="Budget period"><${Select} value=${draft.period} choices=${PERIODS}
          onChange=${(period: string) => change({ period })} /><//>
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions"><button class="primary" disabled=${isRunning}>Make the team</button>
          <button type="button" onClick=${onClose}>Cancel</button></div>
      </form><//>
  `;
}
