/** How clients are connected: the address, a key, and the text for each of them. */

import { useState } from "preact/hooks";
import type { Models, NewKey } from "../../api/answers.ts";
import { ask, findOut, mayWrite, me, ownAddress } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { CodeBlock, Field, Segments, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Note, PageHead, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { AGENTS, LIBRARIES } from "./programs.ts";

const PROGRAMS = [...AGENTS, ...LIBRARIES];
/** What stands where a key has to be put. */
const NO_KEY = "YOUR_KEY";

export function Connect(): View {
  const [chosen, setChosen] = useState(PROGRAMS[0]?.name ?? "");
  const [key, setKey] = useState(me.value?.needs_key === false ? "weir" : NO_KEY);
  const [model, setModel] = useState("");
  const models = useAnswer<Models>("models?limit=500");
  const names = [
    ...(models.data?.aliases ?? []).map(({ name }) => name),
    ...(models.data?.data ?? []).map(({ id }) => id),
  ];
  const program = PROGRAMS.find(({ name }) => name === chosen);
  const setting = { address: ownAddress(), key, model: model || names[0] || "a-model" };
  const text = program?.snippet(setting) ?? "";
  const choose = (label: string, programs: typeof PROGRAMS): View =>
    html`
      <${Segments} label=${label} value=${chosen} onChange=${setChosen}
        choices=${programs.map(({ name }) => [name, name])} />
    `;
  return html`
    <${PageHead} title="Connect" lead="Every client is told two things: the address, and a key." />
    <div class="panel form">
      <${Field} label="Address"><input readonly value=${setting.address} class="mono" /><//>
      <${Field} label="Model"><input list="connect-models" value=${model} spellcheck="false"
        placeholder=${setting.model}
        onInput=${(event: Event) => setModel(typed(event))} /><//>
      <datalist id="connect-models">${names.map((name) =>
        html`<option value=${name} />`
      )}</datalist>
      <${FreshKey} onMade=${setKey} />
    </div>
    <div class="stack programs">${choose("Programs", [...AGENTS])}${choose("Libraries", [
      ...LIBRARIES,
    ])}</div>
    ${program && html`
      <${Section} title=${program.name}>
        <p class="lead">${program.note}</p>
        <${CodeBlock} text=${text} label=${`Setting of ${program.name}`} />
        <//>
    `}
  `;
}

/** A key for the client that is being connected, which its snippet then holds. */
function FreshKey({ onMade }: { onMade: (key: string) => void }): View {
  const [name, setName] = useState("");
  const [made, setMade] = useState<NewKey>();
  const { isRunning, error, run } = useTask();
  const isOpen = me.value?.needs_key === false;
  const make = (event: Event): void => {
    event.preventDefault();
    run(async () => {
      const key = await ask<NewKey>("POST", "keys", { name: name.trim() });
      setMade(key);
      onMade(key.key);
      // The first one has closed the gateway.
      await findOut();
    });
  };
  return html`
    <form class="stack" onSubmit=${make}>
      <${Field} label="Name of a fresh key"><input required maxlength="100" value=${name}
          spellcheck="false" disabled=${!mayWrite()}
          onInput=${(event: Event) => setName(typed(event))} /><//>
        <div class="actions"><button disabled=${isRunning || !mayWrite()}>Make a key</button>
          ${isOpen &&
            html`<small>None is needed so far; from the first one on, every call needs one.</small>`}
        </div>
        <${ErrorNote} error=${error} />
        ${made &&
          html`<${Note} tone="warn">The key ${made.name} stands in the text below, this once.<//>`}
      </form>
  `;
}
