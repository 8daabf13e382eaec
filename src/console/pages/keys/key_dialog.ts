/** One key: what it may do, and everything that can be done with it. */

import { useState } from "preact/hooks";
import type { Key, NewKey } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { Dialog, Select, SureButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Note } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { changesOf, draftOf, type KeyDraft, KeyFields } from "./key_fields.ts";
import { Secret } from "./key_form.ts";

const GRACES = [
  ["0", "The old key ends at once"],
  ["3600", "The old key is good for an hour"],
  ["86400", "The old key is good for a day"],
  ["604800", "The old key is good for a week"],
] as const;

interface DialogProps {
  readonly known: Key;
  readonly onClose: () => void;
  /** Something was changed. */
  readonly onDone: () => void;
}

export function KeyDialog({ known, onClose, onDone }: DialogProps): View {
  const [draft, setDraft] = useState(draftOf(known));
  const [made, setMade] = useState<NewKey>();
  const [grace, setGrace] = useState("86400");
  const { isRunning, error, run } = useTask();
  const path = `keys/${encodeURIComponent(known.id)}`;
  /** Does something with the key, and closes unless there is more to show. */
  const act = (work: () => Promise<unknown>, staysOpen = false): void => {
    run(async () => {
      await work();
      onDone();
      if (!staysOpen) onClose();
    });
  };
  if (made !== undefined) {
    return html`
      <${Secret} title=${known.name} made=${made} onClose=${onClose} />
    `;
  }
  const isFixed = !mayWrite() || known.source === "file" || isRunning;
  const save = (event: Event): void => {
    event.preventDefault();
    act(() => ask("PATCH", path, changesOf(draftOf(known), draft)));
  };
  const rotate = async (): Promise<void> =>
    setMade(await ask<NewKey>("POST", `${path}/rotate`, { grace_seconds: Number(grace) }));
  return html`
    <${Dialog} title=${known.name} onClose=${onClose}>
      ${known.source === "file" && html`<${Note}>This key stands in the configuration file, and is
        changed there.<//>`}
      <form onSubmit=${save}>
        <fieldset class="form" disabled=${isFixed}>
          <${KeyFields} draft=${draft}
            change=${(part: Partial<KeyDraft>) => setDraft({ ...draft, ...part })} />
          <div class="whole actions"><button class="primary">Save</button>
            <button type="button" onClick=${() =>
              act(() =>
                ask("PATCH", path, { disabled: known.state !== "paused" })
              )}>${known.state === "paused" ? "Resume" : "Pause"}</button>
            <${SureButton} label="Withdraw" sure="Withdraw for good"
              onClick=${() => act(() => ask("DELETE", path))} /></div>
          <div class="whole actions"><${Select} aria-label="When rotated" value=${grace}
            choices=${GRACES} onChange=${setGrace} />
            <button type="button" onClick=${() => act(rotate, true)}>Rotate</button></div>
        </fieldset>
      </form>
      <${ErrorNote} error=${error} />
    <//>
  `;
}
