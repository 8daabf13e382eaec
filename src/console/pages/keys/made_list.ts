/** Budgets and teams: a list, and a form for a new one or for one that is there. */

import { useEffect, useState } from "preact/hooks";
import type { Page } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Dialog, SureButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";

/** What a list and its form are of; with an `s` it is the list's address. */
type Noun = "budget" | "team";

export interface TableProps<Made> {
  readonly list: readonly Made[];
  readonly choose: (made: Made) => void;
}

export interface FormProps<Made> {
  /** The one that is changed. */
  readonly known: Made | undefined;
  readonly onClose: () => void;
  /** Something was changed. */
  readonly onDone: () => void;
}

/** @param turn Grows when the list has to be asked for again. */
export function MadeList<Made>({ title, noun, turn, onDone, Table, Form }: {
  title: string;
  noun: Noun;
  turn: number;
  onDone?: () => void;
  Table: (props: TableProps<Made>) => View;
  Form: (props: FormProps<Made>) => View;
}): View {
  const { data, error, reload } = useAnswer<Page<Made>>(`${noun}s?limit=500`);
  const [chosen, setChosen] = useState<Made | "new">();
  useEffect(() => turn > 0 ? reload() : undefined, [turn]);
  const make = html`
    <button type="button" disabled=${!mayWrite()}
      onClick=${() => setChosen("new")}>New ${noun}</button>
  `;
  return html`<${Section} title=${title} actions=${make}>
    <${ErrorNote} error=${error} />
    ${data && html`<${Table} list=${data.data} choose=${setChosen} />`}
    ${
    chosen && html`
      <${Form} known=${chosen === "new" ? undefined : chosen}
        onClose=${() => setChosen(undefined)} onDone=${onDone ?? reload} />
    `
  }
  <//>`;
}

/** A form in a dialog, whose fields are put between the tags. */
export function MadeForm({ title, noun, id, body, onClose, onDone, children }: {
  title: string;
  noun: Noun;
  /** Of the one that is changed. */
  id: string | undefined;
  /** What is sent. */
  body: () => object;
  onClose: () => void;
  onDone: () => void;
  children?: unknown;
}): View {
  const { isRunning, error, run } = useTask();
  const act = (method: string, path: string, sent?: object): void => {
    run(async () => {
      await ask(method, path, sent);
      onDone();
      onClose();
    });
  };
  const path = `${noun}s/${encodeURIComponent(id ?? "")}`;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (id === undefined) act("POST", `${noun}s`, body());
    else act("PATCH", path, body());
  };
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        ${children}
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions">
          <button class="primary" disabled=${isRunning}>${id === undefined
            ? `Make the ${noun}`
            : "Save"}</button>
          ${id !== undefined && html`
            <${SureButton} label="Remove" sure="Remove for good"
              onClick=${() => act("DELETE", path)} />
          `}
        </div>
      </form>
      <//>
  `;
}
