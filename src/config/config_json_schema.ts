/** The JSON Schema that editors hold configuration files against. */

import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import { freelyNamedOption, namedOptions, type OptionSchema, optionTree } from "./option_tree.ts";

/** What a text may be instead of a valid value: it becomes one when it is read. */
const FILLED_LATER = { type: "string", pattern: "\\$\\{[^{}]*\\}" };
const SECRET_ELSEWHERE = { type: "string", pattern: "^(file|credential):" };

/** What an option says to Weir alone. */
const OWN_META = ["variable", "needsRestart"];

/** What of a text's schema a text that is filled later would break. */
const TEXT_RULES = ["enum", "format", "pattern"];

/** Describes each option with its default, its bounds and its meaning. */
export function configJsonSchema(): JsonObject {
  const { properties, ...rest } = publish(optionTree());
  return {
    ...rest,
    title: "Configuration of Weir",
    properties: {
      $schema: { type: "string", description: "Address of this schema." },
      ...(isJsonObject(properties) ? properties : {}),
    },
  };
}

function publish(option: OptionSchema): JsonObject {
  const schema = Object.fromEntries(
    Object.entries(option).filter(([keyword]) => !OWN_META.includes(keyword)),
  );
  if (schema.type === "string") return publishText(schema);
  const named = Object.entries(namedOptions(schema));
  const free = freelyNamedOption(schema);
  return {
    ...schema,
    ...(named.length > 0 && {
      properties: Object.fromEntries(named.map(([name, option]) => [name, publish(option)])),
    }),
    ...(free !== undefined && { additionalProperties: publish(free) }),
    ...(isJsonObject(schema.items) && { items: publish(schema.items) }),
    ...publishForms(schema, "anyOf"),
    ...publishForms(schema, "oneOf"),
  };
}

function publishForms(schema: OptionSchema, keyword: "anyOf" | "oneOf"): JsonObject {
  const forms = schema[keyword];
  return Array.isArray(forms) ? { [keyword]: forms.filter(isJsonObject).map(publish) } : {};
}

function publishText(schema: OptionSchema): JsonObject {
  const rules: [string, JsonValue | undefined][] = [];
  const rest: [string, JsonValue | undefined][] = [];
  for (const entry of Object.entries(schema)) {
    (TEXT_RULES.includes(entry[0]) ? rules : rest).push(entry);
  }
  if (rules.length === 0) return schema;
  return {
    ...Object.fromEntries(rest),
    anyOf: [
      Object.fromEntries(rules),
      FILLED_LATER,
      ...(schema.writeOnly === true ? [SECRET_ELSEWHERE] : []),
    ],
  };
}
