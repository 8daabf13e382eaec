/** The fields of a key, and what is sent of them. */

import type { Key } from "../../api/answers.ts";
import { Field, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { budgetBodyOf, type BudgetDraft, budgetDraftOf, BudgetFields } from "./budget_fields.ts";

/** All as they are typed. */
export interface KeyDraft {
  readonly name: string;
  readonly models: string;
  readonly team: string;
  readonly owner: string;
  readonly expires: string;
  /** `project=shop, stage=test` */
  readonly tags: string;
  readonly budget: BudgetDraft;
  readonly limits: Readonly<Record<string, string>>;
}

const LIMITS = [
  ["v1", "Calls a minute"],
  ["tokensPerMinute", "Tokens a minute"],
  ["maxConcurrentRequests", "Calls at once"],
  ["service", "Service requests a minute"],
  ["inference", "Inference requests a minute"],
  ["websocket", "Socket connections a minute"],
] as const;
/** The others are for one surface alone. */
const USUAL_LIMITS = 3;

export function draftOf(key?: Key): KeyDraft {
  return {
    name: key?.name ?? "",
    models: key?.models?.join(", ") ?? "",
    team: key?.team ?? "",
    owner: key?.owner ?? "",
    expires: key?.expires?.slice(0, 10) ?? "",
    tags: Object.entries(key?.tags ?? {}).map((tag) => tag.join("=")).join(", "),
    budget: budgetDraftOf(key?.budget),
    limits: Object.fromEntries(
      Object.entries(key?.limits ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** What is empty is cleared; the name stays as it was made. */
export function bodyOf(draft: KeyDraft): Record<string, unknown> {
  const models = draft.models.split(/[,\s]+/).filter((model) => model !== "");
  const limits = Object.entries(draft.limits).filter(([, value]) => value !== "");
  return {
    models: models.length === 0 ? null : models,
    team: draft.team.trim() || null,
    owner: draft.owner.trim() || null,
    expires: draft.expires || null,
    tags: tagsOf(draft.tags),
    budget: budgetBodyOf(draft.budget),
    limits: Object.fromEntries(limits.map(([name, value]) => [name, Number(value)])),
  };
}

function tagsOf(text: string): Record<string, string> {
  const tags = text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
  return Object.fromEntries(tags.map((tag) => {
    const at = tag.indexOf("=");
    return at < 0 ? [tag, ""] : [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
  }));
}

/** What was changed in the fields, so that what they show in part stays whole. */
export function changesOf(before: KeyDraft, after: KeyDraft): Record<string, unknown> {
  const known = bodyOf(before);
  const changed = Object.entries(bodyOf(after)).filter(([name, value]) =>
    JSON.stringify(value) !== JSON.stringify(known[name])
  );
  return Object.fromEntries(changed);
}

export function KeyFields(
  { draft, change }: { draft: KeyDraft; change: (part: Partial<KeyDraft>) => void },
): View {
  const limit = ([name, label]: readonly [string, string]): View =>
    html`<${Field} key=${name} label=${label}><input type="number" min="0" step="1"
      placeholder="as for all" value=${draft.limits[name] ?? ""} onInput=${(event: Event) =>
      change({ limits: { ...draft.limits, [name]: typed(event) } })} /><//>`;
  return html`
    <div class="whole">
      <${Field} label="Models" hint="Separated by commas; * stands for any text">
      <input value=${draft.models} placeholder="all" spellcheck="false"
        onInput=${(event: Event) => change({ models: typed(event) })} /><//></div>
    <${Field} label="Team"><input value=${draft.team} maxlength="64"
      onInput=${(event: Event) => change({ team: typed(event) })} /><//>
    <${Field} label="Owner"><input value=${draft.owner} maxlength="200"
      onInput=${(event: Event) => change({ owner: typed(event) })} /><//>
    <${Field} label="Tags"><input value=${draft.tags} placeholder="project=shop" spellcheck="false"
      onInput=${(event: Event) => change({ tags: typed(event) })} /><//>
    <${Field} label="Expires"><input type="date" value=${draft.expires}
      onInput=${(event: Event) => change({ expires: typed(event) })} /><//>
    ${LIMITS.slice(0, USUAL_LIMITS).map(limit)}
    <${BudgetFields} draft=${draft.budget} onChange=${(budget: BudgetDraft) =>
      change({ budget })} />
    <details class="whole"><summary>Limits of single surfaces</summary>
      <div class="form">${LIMITS.slice(USUAL_LIMITS).map(limit)}</div></details>
  `;
}
