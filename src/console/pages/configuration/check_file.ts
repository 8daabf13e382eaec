/** Says what a file would change, and what is wrong with it, before it is in force. */

import { useState } from "preact/hooks";
import type { Check } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Note, Section } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";

export function CheckFile(): View {
  const [text, setText] = useState("");
  const [result, setResult] = useState<Check>();
  const { isRunning, error, run } = useTask();
  const submit = (event: Event): void => {
    event.preventDefault();
    run(async () => setResult(await ask<Check>("POST", "config/check", text)));
  };
  return html`
    <${Section} title="Check a file">
      <form class="stack" onSubmit=${submit}>
        <textarea class="mono" rows="6" aria-label="Text of a configuration file" spellcheck="false"
          placeholder="Paste a configuration file. Nothing of it comes into force." value=${text}
          onInput=${(event: Event) => setText(typed(event))}></textarea>
        <div class="actions"><button disabled=${text === "" || isRunning ||
          !mayWrite()}>Check</button></div>
        <${ErrorNote} error=${error} />
        <div role="status">${result && html`<${Result} result=${result} />`}</div>
      </form>
      <//>
  `;
}

function Result({ result: { ok, problems, changed, restart_needed } }: { result: Check }): View {
  if (!ok) {
    return html`
      <div class="note bad">
        <ul class="stack tight">${problems.map(({ place, message }) =>
          html`<li><span class="mono">${place}</span> ${message}</li>`
        )}</ul>
      </div>
    `;
  }
  const restart = restart_needed.length === 0
    ? ""
    : ` A restart is needed for ${restart_needed.join(", ")}.`;
  return html`<${Note}>The file is good. ${
    changed.length === 0 ? "It changes nothing." : `It changes ${changed.join(", ")}.`
  }${restart}<//>`;
}
