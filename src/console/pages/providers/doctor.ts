/** Looks into one provider: address, key, list of models. */

import { useState } from "preact/hooks";
import type { Diagnosis } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, Tag } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";

type Finding = Diagnosis["findings"][number];

const TONES: Readonly<Record<Finding["kind"], string>> = { ok: "good", note: "", problem: "bad" };

export function Doctor({ name }: { name: string }): View {
  const [findings, setFindings] = useState<readonly Finding[]>();
  const { isRunning, error, run } = useTask();
  const examine = (): void => {
    run(async () => {
      const path = `providers/${encodeURIComponent(name)}/doctor`;
      setFindings((await ask<Diagnosis>("POST", path)).findings);
    });
  };
  return html`
    <div class="stack">
      <div><button type="button" aria-label=${`Examine ${name}`} disabled=${!mayWrite() ||
        isRunning}
          onClick=${examine}>${isRunning ? "Examining…" : "Examine"}</button></div>
      <${ErrorNote} error=${error} />
      <ul class="stack tight" role="status">${findings?.map(({ kind, text }) =>
        html`
          <li>
            <${Tag} tone=${TONES[kind]}>${kind}<//> ${text}</li>
        `
      )}</ul>
    </div>
  `;
}
