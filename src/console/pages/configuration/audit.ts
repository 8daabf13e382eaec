/** Who changed what, before and after. */

import { useState } from "preact/hooks";
import type { AuditEntry, Page } from "../../api/answers.ts";
import { queryOf } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { html, type View } from "../../parts/html.ts";
import { Pager, type Trail } from "../../parts/pager.ts";
import { Table } from "../../parts/table.ts";
import { ErrorNote, Section, When } from "../../parts/text.ts";

const LIMIT = 20;

export function Audit(): View {
  const [trail, setTrail] = useState<Trail>([]);
  const { data, error } = useAnswer<Page<AuditEntry>>(
    `audit${queryOf({ limit: LIMIT, cursor: trail.at(-1) })}`,
  );
  const columns = [
    { head: "When", cell: ({ at }: AuditEntry) => html`<${When} at=${at} />` },
    { head: "Who", cell: ({ who }: AuditEntry) => who },
    { head: "Did", cell: ({ action }: AuditEntry) => action },
    {
      head: "To",
      kind: "wide",
      cell: ({ target }: AuditEntry) => html`<span class="mono">${target}</span>`,
    },
    {
      head: "Change",
      kind: "main",
      cell: (entry: AuditEntry) => html`<${Change} entry=${entry} />`,
    },
  ];
  return html`<${Section} title="Audit trail">
    <${ErrorNote} error=${error} />
    ${
    data &&
    (data.data.length === 0 ? html`<p class="lead">Nothing has been changed yet.</p>` : html`
      <${Table} caption="Changes" columns=${columns} rows=${data.data}
        keyOf=${({ at, target, action }: AuditEntry) => at + target + action} />
    `)
  }
    <${Pager} trail=${trail} next=${data?.next_cursor} onChange=${setTrail} />
  <//>`;
}

function Change({ entry: { before, after } }: { entry: AuditEntry }): View {
  if (before === null && after === null) return html`<span></span>`;
  return html`
    <details>
      <summary>before and after</summary>
      <pre class="mono">${JSON.stringify(before, null, 1)}</pre>
      <pre class="mono">${JSON.stringify(after, null, 1)}</pre>
    </details>
  `;
}
