/** Tells two configurations apart. */

import { nameOf } from "./sources/config_file.ts";
import type { OptionPath } from "./option_tree.ts";
import type { Config } from "./schema.ts";

/** Names of the options that differ, without their values. */
export function changedOptions(before: Config, after: Config): readonly string[] {
  return difference(before, after, []).map(nameOf);
}

function difference(before: unknown, after: unknown, path: OptionPath): readonly OptionPath[] {
  if (!isGroup(before) || !isGroup(after)) return isEqual(before, after) ? [] : [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => difference(before[name], after[name], [...path, name]));
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Both come from one schema, so that equal values have equal texts. */
function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
