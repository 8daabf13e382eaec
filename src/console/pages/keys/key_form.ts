/** Makes a key, and shows it this once. */

import { useState } from "preact/hooks";
import type { NewKey } from "../../api/answers.ts";
import { ask, findOut } from "../../api/request.ts";
import { CodeBlock, Dialog, Field, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Note } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { bodyOf, draftOf, type KeyDraft, KeyFields } from "./key_fields.ts";

export function KeyForm(
  { isFirst, onClose, onDone }: { isFirst: boolean; onClose: () => void; onDone: () => void },
): View {
  const [draft, setDraft] = useState(draftOf());
  const [made, setMade] = useState<NewKey>();
  const { isRunning, error, run } = useTask();
  const change = (part: Partial<KeyDraft>): void => setDraft({ ...draft, ...part });
  const submit = (event: Event): void => {
    event.preventDefault();
    run(async () => {
      setMade(await ask<NewKey>("POST", "keys", { name: draft.name.trim(), ...bodyOf(draft) }));
      onDone();
      // The first one has closed the gateway.
      await findOut();
    });
  };
  if (made !== undefined) {
    return html`
      <${Secret} title="The new key" made=${made} onClose=${onClose} />
    `;
  }
  return html`
    <${Dialog} title="New key" onClose=${onClose}>
      <form class="form" onSubmit=${submit}>
        ${isFirst && html`
          <div class="whole">
            <${Note} tone="warn">No key is needed here so far. From
                    the first key on, every call needs one.<//></div>
        `}
        <div class="whole"><${Field} label="Name"><input required maxlength="100" value=${draft
          .name}
          autofocus spellcheck="false" onInput=${(event: Event) =>
            change({ name: typed(event) })} /><//></div>
        <${KeyFields} draft=${draft} change=${change} />
        <div class="whole"><${ErrorNote} error=${error} /></div>
        <div class="whole actions"><button class="primary" disabled=${isRunning}>Make the key</button>
          <button type="button" onClick=${onClose}>Cancel</button></div>
      </form>
    <//>
  `;
}

/** It can never be shown again, since only its hash is kept. */
export function Secret(
  { title, made, onClose }: { title: string; made: NewKey; onClose: () => void },
): View {
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <div class="stack">
        <${Note} tone="warn">Copy it now: it is shown this once, and only its hash is kept.<//>
        <${CodeBlock} text=${made.key} label=${`The key ${made.name}`} />
        <div class="actions"><button type="button" class="primary" onClick=${onClose}>Done</button></div>
      </div>
    <//>
  `;
}
