/** Models with what is known of them, and where aliases lead. */

import { useState } from "preact/hooks";
import type { Alias, Model, Models as ModelsAnswer } from "../../api/answers.ts";
import { queryOf } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { SearchBox } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Pager, type Trail } from "../../parts/pager.ts";
import { Table } from "../../parts/table.ts";
import { Empty, ErrorNote, Note, Section } from "../../parts/text.ts";
import { compact, money } from "../../words/numbers.ts";

const LIMIT = 50;

export function Models(): View {
  const [text, setText] = useState("");
  const [trail, setTrail] = useState<Trail>([]);
  const path = `models${queryOf({ text, limit: LIMIT, cursor: trail.at(-1) })}`;
  const { data, error } = useAnswer<ModelsAnswer>(path);
  const search = html`
    <${SearchBox} label="Search by name" value=${text}
      onChange=${(value: string) => {
        setTrail([]);
        setText(value);
      }} />
  `;
  return html`
    ${data && data.aliases.length > 0 && html`<${Aliases} aliases=${data.aliases} />`}
    <${Section} title="Models" actions=${search}>
      <${ErrorNote} error=${error} />
      ${data?.warnings.map((warning) => html`<${Note} tone="warn">${warning}<//>`)}
      ${data && html`<${ModelTable} models=${data.data} />`}
      <${Pager} trail=${trail} next=${data?.next_cursor} onChange=${setTrail}
        names=${["Back", "More"]} />
    <//>
  `;
}

const FACTS = [
  ["tools", "tools"],
  ["vision", "images"],
  ["thinking", "reasoning"],
  ["embedding", "embeddings"],
] as const;

function ModelTable({ models }: { models: readonly Model[] }): View {
  if (models.length === 0) {
    return html`<${Empty} title="No model">Either no provider lists its models, or none has such a
      name.<//>`;
  }
  const price = (unit: string) => ({ prices }: Model): string => {
    const rate = prices?.[unit];
    return typeof rate === "object" ? `from ${money(rate.base)}` : money(rate);
  };
  const columns = [
    {
      head: "Model",
      kind: "main",
      cell: ({ model, provider }: Model) => html`${model}<small>${provider}</small>`,
    },
    {
      head: "Context",
      kind: "number",
      cell: ({ facts }: Model) => compact(facts.context_tokens),
    },
    {
      head: "Can",
      kind: "wide",
      cell: ({ facts }: Model) =>
        FACTS.filter(([name]) => facts[name] === true).map(([, word]) => word).join(", "),
    },
    { head: "Input / M", kind: "number", cell: price("input_mtok") },
    { head: "Cached / M", kind: "number wide", cell: price("cache_read_mtok") },
    { head: "Output / M", kind: "number", cell: price("output_mtok") },
  ];
  return html`
    <${Table} caption="Models, with prices in dollars a million tokens" columns=${columns}
      rows=${models} keyOf=${({ id }: Model) => id} />
  `;
}

function Aliases({ aliases }: { aliases: readonly Alias[] }): View {
  const columns = [
    { head: "Alias", cell: ({ name }: Alias) => html`<strong>${name}</strong>` },
    {
      head: "Leads to, in this order",
      kind: "main",
      cell: ({ targets }: Alias) =>
        targets.map(({ name, weight }) =>
          html`<div>${name}${
            weight !== null && weight !== 1 && html`
              <small class="inline">weight ${weight}</small>
            `
          }</div>`
        ),
    },
  ];
  return html`
    <${Section} title="Aliases">
      <${Table} caption="Aliases" columns=${columns}
        rows=${aliases} keyOf=${({ name }: Alias) => name} />
      <//>
  `;
}
