/** What is in force and where each value comes from, what was reloaded, and who changed what. */

import { useState } from "preact/hooks";
import type { Configuration as Answer, Reload } from "../../api/answers.ts";
import { ask, mayWrite } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { SearchBox } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Table } from "../../parts/table.ts";
import { ErrorNote, Note, PageHead, Section, Tag, When } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { Audit } from "./audit.ts";
import { CheckFile } from "./check_file.ts";

export function Configuration(): View {
  const { data, error, reload } = useAnswer<Answer>("config");
  const task = useTask();
  const takeAnew = (): void => {
    task.run(async () => {
      await ask("POST", "reload");
    }).finally(reload);
  };
  const lead = data &&
    (data.path === null
      ? "There is no file; variables and defaults are in force."
      : html`From <span class="mono">${data.path}</span>`);
  return html`
    <${PageHead} title="Configuration" lead=${lead}>
      <button type="button" disabled=${!mayWrite() || task.isRunning} onClick=${takeAnew}>
        Reload</button>
    <//>
    <${ErrorNote} error=${error ?? task.error} />
    ${data?.warnings.map((warning) => html`<${Note} tone="warn">${warning}<//>`)}
    ${data && data.restart_needed.length > 0 &&
      html`<${Note} tone="warn">A restart is needed for ${data.restart_needed.join(", ")}.<//>`}
    ${data && html`<${Options} options=${data.options} />`}
    <${CheckFile} />
    ${data && html`<${Reloads} reloads=${data.reloads} />`}
    <${Audit} />
  `;
}

type Option = Answer["options"][number];

function Options({ options }: { options: Answer["options"] }): View {
  const [text, setText] = useState("");
  const [isAll, setAll] = useState(false);
  const shown = options.filter(({ name, origin }) =>
    name.toLowerCase().includes(text.toLowerCase()) && (isAll || text !== "" || origin !== null)
  );
  const columns = [
    { head: "Option", cell: ({ name }: Option) => html`<span class="mono">${name}</span>` },
    {
      head: "Value",
      kind: "main",
      cell: ({ value }: Option) => html`<span class="mono">${asText(value)}</span>`,
    },
    { head: "From", cell: ({ origin }: Option) => origin ?? html`<${Tag}>default<//>` },
  ];
  const actions = html`
    <label class="check"><input type="checkbox" checked=${isAll} onChange=${() => setAll(!isAll)} />
      Show defaults</label>
    <${SearchBox} label="Search options" value=${text} onChange=${setText} />
  `;
  return html`
    <${Section} title="In force" actions=${actions}>
      <${Table} caption="Options in force" columns=${columns} rows=${shown}
        keyOf=${({ name }: Option) => name} />
      <//>
  `;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

function Reloads({ reloads }: { reloads: readonly Reload[] }): View {
  if (reloads.length === 0) {
    return html`
      <${Section} title="Reloads">
        <p class="lead">None since the start.</p>
        <//>
    `;
  }
  const columns = [
    { head: "When", cell: ({ at }: Reload) => html`<${When} at=${at} />` },
    {
      head: "Result",
      cell: ({ ok }: Reload) =>
        html`<${Tag} tone=${ok ? "good" : "bad"}>${ok ? "in force" : "refused"}<//>`,
    },
    { head: "By", kind: "wide", cell: ({ by }: Reload) => by },
    {
      head: "What",
      kind: "main",
      cell: ({ changed, problems }: Reload) => problems || changed.join(", ") || "nothing changed",
    },
  ];
  return html`
    <${Section} title="Reloads">
      <${Table} caption="The last reloads" columns=${columns}
        rows=${reloads} keyOf=${({ at }: Reload) => at} />
      <//>
  `;
}
