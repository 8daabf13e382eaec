/** How the providers are, and which models they have. */

import type { Page, ProviderState, Recent } from "../../api/answers.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { html, type View } from "../../parts/html.ts";
import { Facts } from "../../parts/table.ts";
import { Empty, ErrorNote, PageHead, Tag, When } from "../../parts/text.ts";
import { count, duration, percent } from "../../words/numbers.ts";
import { Doctor } from "./doctor.ts";
import { Models } from "./models.ts";

const REFRESH_MS = 10_000;

export function Providers(): View {
  const { data, error } = useAnswer<Page<ProviderState>>("providers", REFRESH_MS);
  return html`
    <${PageHead} title="Providers" lead="Where calls go, and how it goes there." />
    <${ErrorNote} error=${error} />
    ${data?.data.length === 0 &&
      html`<${Empty} title="No provider">Configure one to call anything.<//>`}
    <div class="columns">${data?.data.map((provider) =>
      html`<${Provider} key=${provider.name} provider=${provider} />`
    )}</div>
    <${Models} />
  `;
}

const TONES: Readonly<Record<string, string>> = { ok: "good", failing: "bad" };
const WORDS: Readonly<Record<string, string>> = {
  ok: "ok",
  failing: "failing",
  unknown: "not asked yet",
};

function Provider({ provider }: { provider: ProviderState }): View {
  const { name, address, state, is_default, recent, formats } = provider;
  return html`
    <section class="panel provider">
      <div class="section-head">
        <h2>${name}</h2>
        <div class="actions">
          ${is_default && html`<${Tag}>default<//>`}
          <${Tag} tone=${TONES[state]}>${WORDS[state] ?? state}<//></div></div>
        <p class="mono lead">${address}</p>
        <${Facts} facts=${recentFacts(recent)} />
        <${Troubles} provider=${provider} />
        <details><summary>Formats that it speaks</summary><${Facts} facts=${Object.entries(formats)
          .map(([operation, names]) => [operation, names.join(", ")])} /></details>
        <${Doctor} name=${name} />
      </section>
  `;
}

/** None while the ledger cannot be reached. */
function recentFacts(recent: Recent | null): readonly (readonly [string, unknown])[] {
  if (recent === null) return [];
  const { calls, failed, first_token_ms, duration_ms } = recent;
  const both = ({ p50, p99 }: Recent["duration_ms"]): string =>
    `${duration(p50)} · ${duration(p99)}`;
  return [
    ["Last calls", count(calls)],
    ["Errors", percent(failed, calls)],
    ["First token, p50 · p99", both(first_token_ms)],
    ["Took, p50 · p99", both(duration_ms)],
  ];
}

function pacedInWords(
  { target, waiting, requests_left, tokens_left }: ProviderState["paced"][number],
): string {
  const parts = [
    waiting > 0 && `${count(waiting)} waiting`,
    requests_left !== null && `${count(requests_left)} requests left`,
    tokens_left !== null && `${count(tokens_left)} tokens left`,
  ];
  return [target, ...parts.filter(Boolean)].join(", ");
}

/** What keeps calls from it at the moment, and what went wrong last. */
function Troubles({ provider }: { provider: ProviderState }): View {
  const { last_failure, model_list_failure, keys, cooling, paced } = provider;
  const lines: unknown[] = [
    ...cooling.map(({ target, reason, retry_after_seconds }) =>
      html`<${Tag} tone="bad">left out<//> ${target} for ${retry_after_seconds} s: ${reason}`
    ),
    ...keys.map(({ name, state, reason, retry_after_seconds }) =>
      html`<${Tag} tone=${state === "ok" ? "good" : "warn"}>${state}<//> ${name}${
        reason && `: ${reason}, for ${retry_after_seconds ?? 0} s`
      }`
    ),
    ...paced.map((target) => html`<${Tag} tone="warn">paced<//> ${pacedInWords(target)}`),
  ];
  if (last_failure) {
    lines.push(html`Last failure <${When} at=${last_failure.at} />: ${last_failure.code}`);
  }
  if (model_list_failure) lines.push(html`Its list of models failed: ${model_list_failure.code}`);
  return lines.length === 0
    ? null
    : html`<ul class="stack tight">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
