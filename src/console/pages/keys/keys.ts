/** Keys that are made at run time, the teams that they belong to, and what may be spent. */

import type { Key, Page } from "../../api/answers.ts";
import { mayWrite, me, queryOf } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { SearchBox } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Pager, type Trail } from "../../parts/pager.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, Note, PageHead, Section, Tag } from "../../parts/text.ts";
import { minute } from "../../words/times.ts";
import { useState } from "preact/hooks";
import { inWords } from "./budget_fields.ts";
import { Budgets } from "./budgets.ts";
import { KeyDialog } from "./key_dialog.ts";
import { KeyForm } from "./key_form.ts";
import { Teams } from "./teams.ts";

const LIMIT = 100;

export function Keys(): View {
  const [text, setText] = useState("");
  const [cursors, setCursors] = useState<Trail>([]);
  const [isMaking, setMaking] = useState(false);
  const [chosen, setChosen] = useState<Key>();
  // Teams and budgets are asked for again after each change.
  const [changes, setChanges] = useState(0);
  const keys = useAnswer<Page<Key>>(
    `keys${queryOf({ text, limit: LIMIT, cursor: cursors.at(-1) })}`,
  );
  const changed = (): void => {
    keys.reload();
    setChanges(changes + 1);
  };
  return html`
    <${PageHead} title="Keys" lead="Who may call, what they may call, and what they may spend.">
      <button type="button" class="primary" disabled=${!mayWrite()}
        onClick=${() => setMaking(true)}>New key</button>
    <//>
    ${!mayWrite() && html`<${Note}>You may look at everything here. To change it, sign in with
      ADMIN_API_KEY.<//>`}
    <${ErrorNote} error=${keys.error} />
    <${Section} title="API keys" actions=${html`
      <${SearchBox} label="Search by name" value=${text}
        onChange=${(value: string) => {
          setCursors([]);
          setText(value);
        }} />
    `}>
      ${keys.data && html`<${KeyTable} keys=${keys.data.data} choose=${setChosen} />`}
      <${Pager} trail=${cursors} next=${keys.data?.next_cursor} onChange=${setCursors}
        names=${["Back", "More"]} />
    <//>
    <${Budgets} turn=${changes} />
    <${Teams} turn=${changes} onDone=${changed} />
    ${isMaking && html`
      <${KeyForm} isFirst=${me.value?.needs_key === false}
        onClose=${() => setMaking(false)} onDone=${changed} />
    `}
    ${chosen && html`
      <${KeyDialog} known=${chosen} onClose=${() => setChosen(undefined)}
        onDone=${changed} />
    `}
  `;
}

function KeyTable(
  { keys, choose }: { keys: readonly Key[]; choose: (key: Key) => void },
): View {
  if (keys.length === 0) {
    return html`<${Empty} title="No key yet">A key lets a program or a person call, within its own
      models, limits and budget.<//>`;
  }
  const columns = [
    {
      head: "Name",
      kind: "main",
      cell: (key: Key) =>
        html`<strong>${key.name}</strong>${key.owner && html`<small>${key.owner}</small>`}`,
    },
    { head: "State", cell: (key: Key) => html`<${KeyState} known=${key} />` },
    { head: "Models", kind: "wide", cell: ({ models }: Key) => models?.join(", ") || "all" },
    { head: "Team", kind: "wide", cell: ({ team }: Key) => team ?? "" },
    { head: "Limits", kind: "wide", cell: ({ limits }: Key) => limitsInWords(limits) },
    {
      head: "Budget",
      cell: ({ budget }: Key) => budget ? inWords(budget) : "",
    },
    {
      head: "Expires",
      kind: "wide",
      cell: ({ expires }: Key) => expires ? minute(expires) : "never",
    },
    {
      head: "",
      cell: (key: Key) =>
        html`<div class="actions"><button type="button" aria-label=${`Open ${key.name}`}
          onClick=${() => choose(key)}>Open</button></div>`,
    },
  ];
  return html`
    <${Table} caption="API keys" columns=${columns} rows=${keys}
      keyOf=${({ id }: Key) => id} />
  `;
}

export function KeyState({ known: { state, source, previous_until } }: { known: Key }): View {
  const tone = state === "active" ? "good" : state === "paused" ? "warn" : "bad";
  return html`<${Tag} tone=${tone}>${state}<//>${
    source === "file" && html`
      <${Tag}>from the file<//>
    `
  }${previous_until && html`<small>the one before until ${minute(previous_until)}</small>`}`;
}

const LIMITS: Readonly<Record<string, string>> = {
  v1: "calls/min",
  tokensPerMinute: "tokens/min",
  maxConcurrentRequests: "at once",
  service: "service/min",
  inference: "inference/min",
  websocket: "sockets/min",
};

function limitsInWords(limits: Key["limits"]): string {
  return Object.entries(limits).map(([name, value]) => `${value} ${LIMITS[name] ?? name}`).join(
    ", ",
  );
}
