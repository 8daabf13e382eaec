/** Puts a file and settings together and holds them against a schema; tells every problem at once. */

import type { z } from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import {
  type ConfigFile,
  RESERVED_NAME,
  RESERVED_NAME_MESSAGE,
  shortNameOf,
} from "./sources/config_file.ts";
import { describeIssue } from "./problems/describe_issue.ts";
import { nameOfOption } from "./sources/named_variables.ts";
import { type OptionPath, outlineOf, secretPaths, treeOf } from "./option_tree.ts";
import { MAX_PROBLEMS, type Problem } from "./problems/problem.ts";
import type { Setting } from "./sources/settings.ts";
import type { Variable } from "./sources/variables.ts";
import { thrownMessage } from "../core/thrown_message.ts";

export interface OptionSources {
  readonly file?: ConfigFile | undefined;
  /** Each wins over the file and over those before it. */
  readonly settings: readonly Setting[];
  /** The variables that there are, for the names of options that nothing sets. */
  readonly variables: readonly Variable[];
  /**
   * The secret that a value stands for; the value itself by default. Throws an `Error` that says what is
   * wrong with the value.
   */
  readonly readSecret?: (value: string) => string;
}

/** Options with what they were made of. */
export interface ParsedOptions<Schema extends z.ZodType> {
  /** `undefined` where something is not valid. */
  readonly options: z.output<Schema> | undefined;
  readonly problems: readonly Problem[];
  /** What was given, without defaults. */
  readonly input: JsonObject;
}

export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  sources: OptionSources,
): ParsedOptions<Schema> {
  const { file, readSecret = (value) => value } = sources;
  const [reserved, settings] = split(sources.settings, ({ path }) => path.includes(RESERVED_NAME));
  const input = merge(file?.value ?? {}, settings);
  const problems: (Problem & { readonly path: OptionPath })[] = [...file?.problems ?? []]
    .filter(({ path }) => settingAt(path, settings) === undefined);
  const report = (path: OptionPath, message: string): void => {
    if (problems.length >= MAX_PROBLEMS) return;
    // What follows from a problem with the same value is none of its own.
    if (problems.some((known) => isSame(known.path, path) && known.path.length > 0)) return;
    problems.push({ ...placeOf(path, sources), message, path });
  };
  for (const { path } of reserved) report(path, RESERVED_NAME_MESSAGE);
  const revealed = structuredClone(input);
  for (const path of secretPaths(input, outlineOf(schema))) {
    replaceAt(revealed, path, (value) => {
      try {
        return typeof value === "string" ? readSecret(value) : value;
      } catch (thrown) {
        report(path, thrownMessage(thrown));
        return value;
      }
    });
  }
  // Once, so that compiling it first, as zod does, takes longer than it saves.
  const parsed = schema.safeParse(revealed, { jitless: true });
  for (const issue of parsed.error?.issues.slice(0, MAX_PROBLEMS) ?? []) {
    const mistakes = describeIssue(issue, {
      root: treeOf(schema),
      valueAt: (path) => valueAt(input, path),
      isInSeconds: (path) => settingAt(path, settings)?.variable.form === "seconds",
    });
    for (const { path, message } of mistakes) report(path, message);
  }
  return { options: problems.length === 0 ? parsed.data : undefined, problems, input };
}

/** The setting that decides a path: the last one of it, or of a group that it lies within. */
export function settingAt(path: OptionPath, settings: readonly Setting[]): Setting | undefined {
  return settings.findLast((setting) => setting.path.every((key, index) => key === path[index]));
}

function split<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

export function valueAt(input: JsonObject, path: OptionPath): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, input);
}

export function placeOf(
  path: OptionPath,
  { file, settings, variables }: OptionSources,
): Pick<Problem, "place" | "offset"> {
  const setting = settingAt(path, settings);
  if (setting !== undefined) return { place: setting.variable.name };
  // What is missing is missing where the rest of its group was written.
  if (file?.has(path) || path.length > 1 && file?.has(path.slice(0, -1))) return file.placeOf(path);
  return { place: nameOfOption(path, variables) ?? shortNameOf(path) };
}

function merge(file: JsonObject, settings: readonly Setting[]): JsonObject {
  const input = structuredClone(file) as MutableGroup;
  for (const { path, value } of settings) assign(input, path, value);
  return input as JsonObject;
}

type MutableGroup = { [option: string]: unknown };

function assign(input: MutableGroup, path: OptionPath, value: unknown): void {
  let group = input;
  for (const key of path.slice(0, -1)) {
    // An operator's own name may be one that every object inherits.
    if (!Object.hasOwn(group, key)) group[key] = {};
    const member = group[key];
    // The file has something else there, which the schema will refuse.
    if (!isJsonObject(member)) return;
    group = member as MutableGroup;
  }
  const last = path.at(-1);
  if (last !== undefined) group[last] = value;
}

/** Replaces a value where it stands. */
export function replaceAt(
  input: JsonObject,
  path: OptionPath,
  replace: (value: JsonValue) => JsonValue,
): void {
  const group = valueAt(input, path.slice(0, -1)) as { [key: string]: JsonValue };
  const key = path.at(-1) ?? "";
  group[key] = replace(group[key] ?? null);
}

function isSame(left: OptionPath, right: OptionPath): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}
