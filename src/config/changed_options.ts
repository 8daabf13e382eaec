/** Tells two configurations apart. */

import type { OptionChanges } from "../core/administration.ts";
import { isJsonObject } from "../core/text/json.ts";
import { nameOf } from "./sources/config_file.ts";
import { memberSchema, type OptionPath, optionTree } from "./option_tree.ts";
import type { Config } from "./schema.ts";

export interface ChangedOption {
  readonly name: string;
  /** It is read once, when the process starts. */
  readonly needsRestart: boolean;
}

/** The options that differ, without their values. */
export function changedOptions(before: Config, after: Config): readonly ChangedOption[] {
  return difference(before, after, []).map((path) => ({
    name: nameOf(path),
    needsRestart: needsRestart(path),
  }));
}

/** Their names, as they are told to whoever runs the process. */
export function changesOf(options: readonly ChangedOption[]): OptionChanges {
  return {
    changed: options.map(({ name }) => name),
    needRestart: options.flatMap(({ name, needsRestart }) => needsRestart ? name : []),
  };
}

/** Whether the option, or a group that it lies within, says so: `.meta({ needsRestart: true })`. */
function needsRestart(path: OptionPath): boolean {
  let schema = optionTree();
  return path.some((key) => (schema = memberSchema(schema, key)).needsRestart === true);
}

function difference(before: unknown, after: unknown, path: OptionPath): readonly OptionPath[] {
  if (!isJsonObject(before) || !isJsonObject(after)) return isEqual(before, after) ? [] : [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => difference(before[name], after[name], [...path, name]));
}

/** Both come from one schema, so that equal values have equal texts. */
function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
