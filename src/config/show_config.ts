/** Shows the configuration that is in force, as a file of the same form, without its secrets. */

import { HIDDEN } from "../core/text/secret.ts";
import type { ShownOption } from "../core/administration.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import {
  freelyNamedOption,
  memberSchema,
  namedOptions,
  type OptionPath,
  type OptionSchema,
  optionTree,
  secretPaths,
} from "./option_tree.ts";
import { replaceAt } from "./parse_options.ts";
import type { ConfigReading } from "./read_config.ts";
import type { Config } from "./schema.ts";
import { nameOf } from "./sources/config_file.ts";

/**
 * JSON with comments: each option with its value, defaults included, and what sets it where something
 * does. Secrets are masked, so that the text may be shown to others.
 */
export function showConfig(reading: ConfigReading): string {
  const members = showMembers(effectiveOptions(reading), optionTree(), [], reading.originOf);
  return ["{", ...members, "}"].join("\n");
}

/** The same as a list of options, without the groups that they lie in. */
export function shownOptions(reading: ConfigReading): readonly ShownOption[] {
  const optionsOf = (group: JsonObject, path: OptionPath): readonly ShownOption[] =>
    Object.entries(group).flatMap(([name, value = null]) => {
      const inner = [...path, name];
      if (isJsonObject(value) && Object.keys(value).length > 0) return optionsOf(value, inner);
      return [{ name: nameOf(inner), value, origin: reading.originOf(inner) ?? null }];
    });
  return optionsOf(effectiveOptions(reading), []);
}

/** Each option with its value, and secrets masked. */
function effectiveOptions({ config, input }: ConfigReading): JsonObject {
  const root = optionTree();
  const effective = withDefaults(root, input, config) as JsonObject;
  for (const path of secretPaths(effective, root)) replaceAt(effective, path, mask);
  return effective;
}

/** Members of a configuration as JSON, every secret masked. */
export function withoutSecrets(members: Readonly<Partial<Config>>): JsonObject {
  const root = optionTree();
  const shown = JSON.parse(JSON.stringify(members)) as JsonObject;
  for (const path of secretPaths(shown, root)) replaceAt(shown, path, mask);
  return shown;
}

/** What was written, and the defaults of what was not. */
function withDefaults(schema: OptionSchema, written: unknown, parsed: unknown): unknown {
  const named = namedOptions(schema);
  const isGroup = Object.keys(named).length > 0 || freelyNamedOption(schema) !== undefined;
  if (!isGroup || !isJsonObject(written ?? parsed)) return structuredClone(written ?? parsed);
  const writtenGroup = isJsonObject(written) ? written : {};
  const parsedGroup = isJsonObject(parsed) ? parsed : {};
  const names = new Set([
    ...Object.keys(named),
    ...Object.keys({ ...parsedGroup, ...writtenGroup }),
  ]);
  const members = [...names].map((name) => [
    name,
    withDefaults(memberSchema(schema, name), own(writtenGroup, name), own(parsedGroup, name)),
  ]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function own(group: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(group, name) ? group[name] : undefined;
}

function showMembers(
  group: JsonObject,
  schema: OptionSchema,
  path: OptionPath,
  originOf: ConfigReading["originOf"],
): string[] {
  return Object.entries(group).flatMap(([name, value = null]) => {
    const option = memberSchema(schema, name);
    const start = `  ${JSON.stringify(name)}: `;
    const inner = [...path, name];
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      const members = showMembers(value, option, inner, originOf);
      return [`${start}{`, ...members.map((line) => `  ${line}`), "  },"];
    }
    const origin = originOf(inner);
    return [`${start}${JSON.stringify(value)},${origin === undefined ? "" : ` // ${origin}`}`];
  });
}

/** Of an address only what may be a password is hidden: where it leads is worth seeing. */
function mask(secret: JsonValue): string {
  const url = typeof secret === "string" && /^\w+:\/\//.test(secret) && URL.parse(secret);
  if (!url) return HIDDEN;
  if (url.password !== "") url.password = HIDDEN;
  if (url.search !== "") url.search = HIDDEN;
  return url.href;
}
