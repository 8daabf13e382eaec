/** What of a request a provider does not take, calls otherwise, or needs beside it. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";

/** A field that is taken out, where all that is said of it holds. */
export interface DroppedField {
  /** Dotted below the top level; `[]` behind a name stands for every item of a list. */
  readonly field: string;
  /** Only for models whose name fits. */
  readonly models?: RegExp;
  /** Only with this value, which says what holds without it as well. */
  readonly value?: JsonValue;
}

export interface FieldRules {
  readonly drop?: readonly (string | DroppedField)[];
  /** The provider's names of fields at the top level, by their names in the format. */
  readonly rename?: Readonly<Record<string, string>>;
  /** What chats are sent with that do not have it themselves. */
  readonly defaults?: JsonObject;
}

/** What is dropped without a word, since an answer is the same without it. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  "metadata",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "stream_options",
  "stream_options.include_obfuscation",
  "user",
]);

/** The body by the rules; the same object where none applies. */
export function applyRules(body: JsonObject, rules: FieldRules, isChat: boolean): JsonObject {
  const { drop = [], rename = {}, defaults = {} } = rules;
  let adapted = body;
  for (const each of drop) {
    const { field, models, value } = ruleOf(each);
    if (!isFor(models, body) || (value !== undefined && body[field] !== value)) continue;
    adapted = dropField(adapted, field.split("."));
  }
  for (const [from, to] of Object.entries(rename)) {
    if (!Object.hasOwn(adapted, from)) continue;
    const { [from]: value = null, ...rest } = adapted;
    adapted = Object.hasOwn(rest, to) ? rest : { ...rest, [to]: value };
  }
  if (!isChat) return adapted;
  for (const [name, value] of Object.entries(defaults)) {
    if (!Object.hasOwn(adapted, name) && value !== undefined) {
      adapted = { ...adapted, [name]: value };
    }
  }
  return adapted;
}

/** A sentence for each field that is dropped and whose loss may be noticed. */
export function droppedWarnings(
  body: JsonObject,
  { drop = [] }: FieldRules,
  providerName: string,
): readonly string[] {
  return drop.map(ruleOf).filter(({ field, models, value }) =>
    !WITHOUT_EFFECT.has(field) && value === undefined && isFor(models, body) &&
    hasField(body, field.split("."))
  ).map(({ field }) => `"${field}" is left out: ${providerName} does not take it`);
}

/** The body without a field; the same object where it does not have it. */
export function dropField(body: JsonObject, [name = "", ...below]: readonly string[]): JsonObject {
  const key = name.replace(/\[\]$/, "");
  if (!Object.hasOwn(body, key)) return body;
  const { [key]: value, ...rest } = body;
  if (below.length === 0) return rest;
  const inner = key === name
    ? isJsonObject(value) ? dropField(value, below) : value
    : Array.isArray(value)
    ? changedItems(value, (item) => isJsonObject(item) ? dropField(item, below) : item)
    : value;
  return inner === undefined || inner === value ? body : { ...body, [key]: inner };
}

/** The list with each item changed; the same list where nothing changes. */
export function changedItems(
  items: readonly JsonValue[],
  change: (item: JsonValue, at: number) => JsonValue,
): readonly JsonValue[] {
  const changed = items.map(change);
  return changed.every((item, at) => item === items[at]) ? items : changed;
}

function hasField(body: JsonObject, [name = "", ...below]: readonly string[]): boolean {
  const key = name.replace(/\[\]$/, "");
  const value = Object.hasOwn(body, key) ? body[key] : undefined;
  if (value === undefined || value === null) return false;
  if (below.length === 0) return true;
  const inner = Array.isArray(value) ? value : [value];
  return inner.some((item) => isJsonObject(item) && hasField(item, below));
}

function ruleOf(rule: string | DroppedField): DroppedField {
  return typeof rule === "string" ? { field: rule } : rule;
}

function isFor(models: RegExp | undefined, { model }: JsonObject): boolean {
  return models === undefined || (typeof model === "string" && models.test(model));
}
