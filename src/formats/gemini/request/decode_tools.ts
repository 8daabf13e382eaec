/** The tools of a request and how they may be used, read. */

import type { NativeField, NativeTool, Tool, ToolChoice } from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalObject,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { decodeSchema } from "./decode_schema.ts";
import { camelCase, memberOf } from "./spelt.ts";

type AnyTool = Tool | NativeTool;

const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "name",
  "description",
  "parameters",
  "parametersJsonSchema",
]);

/** What a function gives back, which no other format tells its model. */
const TOLD_TO_NOBODY: ReadonlySet<string> = new Set(["response", "responseJsonSchema"]);

/** Functions come in lists; what else is in one is a tool that the provider runs itself. */
export function readTools(value: JsonValue | undefined): readonly AnyTool[] {
  const groups = itemsAt(value, "tools", (group, path) => readGroup(objectAt(group, path), path));
  return groups?.flat() ?? [];
}

function readGroup(group: JsonObject, path: string): readonly AnyTool[] {
  return Object.entries(group).flatMap(([written, value]): readonly AnyTool[] => {
    const name = camelCase(written);
    if (!isGiven(value)) return [];
    if (name !== "functionDeclarations") {
      return [{ kind: "native", name, native: { format: NAME, value: { [name]: value } } }];
    }
    return itemsAt(value, `${path}.functionDeclarations`, readFunction) ?? [];
  });
}

function readFunction(value: JsonValue, path: string): Tool {
  const declaration = objectAt(value, path);
  const name = textAt(declaration["name"], `${path}.name`);
  if (name === "") throw refusal(`${path}.name`, "must not be empty");
  const full = optionalObject(memberOf(declaration, "parametersJsonSchema"), `${path}.parameters`);
  const short = optionalObject(memberOf(declaration, "parameters"), `${path}.parameters`);
  const rest = Object.entries(declaration).filter(([field, member]) =>
    isGiven(member) && !NEUTRAL_FIELDS.has(camelCase(field)) &&
    !TOLD_TO_NOBODY.has(camelCase(field))
  );
  return {
    kind: "function",
    name,
    ...given({
      description: optionalText(declaration["description"], `${path}.description`),
      parameters: full ?? (short && decodeSchema(short)),
    }),
    ...(rest.length > 0 && { native: { format: NAME, value: Object.fromEntries(rest) } }),
  };
}

/** The tools that may be used, and how; what has no neutral word beside it. */
export interface ReadToolChoice {
  readonly tools: readonly AnyTool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
  readonly natives: readonly NativeField[];
}

/** Where one of several functions must be called, the others are not offered: no other format has a word for it. */
export function readToolChoice(
  config: JsonObject,
  declared: readonly AnyTool[],
): ReadToolChoice {
  const path = "toolConfig.functionCallingConfig";
  const calling = optionalObject(memberOf(config, "functionCallingConfig"), path) ?? {};
  const natives = Object.entries(config).flatMap(([name, value]) =>
    camelCase(name) === "functionCallingConfig" || !isGiven(value)
      ? []
      : [{ format: NAME, name: `toolConfig.${name}`, value }]
  );
  if (declared.length === 0) return { tools: undefined, toolChoice: undefined, natives };
  const mode = optionalText(calling["mode"], `${path}.mode`)?.toUpperCase();
  const allowed = itemsAt(
    memberOf(calling, "allowedFunctionNames"),
    `${path}.allowedFunctionNames`,
    textAt,
  ) ?? [];
  const [only, ...others] = allowed;
  const isNarrowed = only !== undefined && mode !== "NONE";
  const tools = isNarrowed
    ? declared.filter(({ kind, name }) => kind === "native" || allowed.includes(name))
    : declared;
  const isOne = only !== undefined && others.length === 0;
  return { tools, toolChoice: choiceOf(mode, isOne ? only : undefined, path), natives };
}

function choiceOf(
  mode: string | undefined,
  only: string | undefined,
  path: string,
): ToolChoice | undefined {
  switch (mode) {
    case undefined:
    case "MODE_UNSPECIFIED":
      return undefined;
    case "AUTO":
    case "VALIDATED":
      return "auto";
    case "ANY":
      return only === undefined ? "required" : { name: only };
    case "NONE":
      return "none";
    default:
      throw refusal(`${path}.mode`, 'must be "AUTO", "ANY", "NONE" or "VALIDATED"');
  }
}
