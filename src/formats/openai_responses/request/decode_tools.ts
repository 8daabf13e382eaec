/**
 * The tools of a request, read.
 *
 * @module
 */

import type {
  ChatRequest,
  Grammar,
  NativeField,
  NativeTool,
  Tool,
  ToolChoice,
} from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalFlag,
  optionalObject,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { type DeclaredTool, findTools, flatNameOf } from "../tools/declared_tools.ts";
import { clientToolOf } from "../tools/client_tools.ts";

/** What is said of tools. */
export interface DecodedTools {
  readonly fields: Pick<ChatRequest, "tools" | "toolChoice">;
  /** What has no neutral word. */
  readonly natives: readonly NativeField[];
}

/** Fields that are read below, or that matter to nobody else: every tool is at hand, and called by its model. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "parameters",
  "strict",
  "format",
  "defer_loading",
  "allowed_callers",
  "async",
]);

const HOSTED_CHOICE = "hosted";

/** Reads the tools and the choice of one. Throws `GatewayError` `invalid_request` naming the field. */
export function decodeTools(body: JsonObject): DecodedTools {
  itemsAt(body["tools"], "tools", objectAt);
  const { own, hosted } = findTools(body);
  const tools = [...ownTools(own), ...hosted.map(toNative)];
  const { tool_choice: chosen = null } = body;
  const { choice, allowed } = decodeChoice(chosen);
  const isHosted = choice === HOSTED_CHOICE;
  return {
    fields: given({
      tools: tools.length === 0
        ? undefined
        : tools.filter(({ name }) => allowed === undefined || allowed.has(name)),
      toolChoice: isHosted ? undefined : choice,
    }),
    natives: isHosted ? [{ format: NAME, name: "tool_choice", value: chosen }] : [],
  };
}

/** A tool that is declared again, as one that was found twice is, counts once, as it was declared last. */
function ownTools(declared: readonly DeclaredTool[]): readonly Tool[] {
  const byName = new Map<string, DeclaredTool>();
  for (const tool of declared) {
    if (tool.name === "") throw refusal(`${tool.path}.name`, "must be a string that is not empty");
    const other = byName.get(tool.flatName);
    if (other !== undefined && !isSame(tool, other)) {
      throw refusal(
        tool.path,
        `has the name "${tool.flatName}" where it is called, as ${other.path} has; rename one`,
      );
    }
    byName.set(tool.flatName, tool);
  }
  return [...byName.values()].map(toTool);
}

function isSame(one: DeclaredTool, other: DeclaredTool): boolean {
  return one.name === other.name && one.namespace === other.namespace && one.kind === other.kind;
}

function toTool({ kind, flatName, about, client, declaration, path }: DeclaredTool): Tool {
  const own = optionalText(declaration["description"], `${path}.description`);
  const description = [about, own ?? client?.description].filter((text) => text !== undefined);
  const rest = Object.entries(declaration).filter(([field, value]) =>
    client === undefined && !NEUTRAL_FIELDS.has(field) && isGiven(value)
  );
  return {
    kind: kind === "custom" ? "custom" : "function",
    name: flatName,
    ...given({
      description: description.length === 0 ? undefined : description.join("\n\n"),
      parameters: optionalObject(declaration["parameters"], `${path}.parameters`) ??
        client?.parameters,
      strict: optionalFlag(declaration["strict"], `${path}.strict`),
      grammar: kind === "custom" ? grammarOf(declaration["format"]) : undefined,
    }),
    ...(rest.length > 0 && { native: { format: NAME, value: Object.fromEntries(rest) } }),
  };
}

function grammarOf(format: JsonValue | undefined): Grammar | undefined {
  if (!isJsonObject(format)) return undefined;
  const { syntax, definition } = format;
  if (typeof syntax !== "string" || typeof definition !== "string") return undefined;
  return { syntax, definition };
}

function toNative(value: JsonObject): NativeTool {
  const { type } = value;
  return {
    kind: "native",
    name: typeof type === "string" ? type : "",
    native: { format: NAME, value },
  };
}

interface DecodedChoice {
  readonly choice: ToolChoice | typeof HOSTED_CHOICE | undefined;
  /** Where only some tools are allowed, the others are as good as not there. */
  readonly allowed?: ReadonlySet<string>;
}

function decodeChoice(value: JsonValue | undefined): DecodedChoice {
  if (!isGiven(value)) return { choice: undefined };
  if (value === "none" || value === "auto" || value === "required") return { choice: value };
  if (!isJsonObject(value)) {
    throw refusal(
      "tool_choice",
      `must be "none", "auto", "required" or an object such as {"type":"function","name":"..."}`,
    );
  }
  if (value["type"] !== "allowed_tools") return { choice: toolOf(value, "tool_choice") };
  const { mode } = value;
  if (mode !== "auto" && mode !== "required") {
    throw refusal("tool_choice.mode", `must be "auto" or "required"`);
  }
  const tools = itemsAt(value["tools"], "tool_choice.tools", objectAt) ?? [];
  const names = tools.map((tool, index) => {
    const named = toolOf(tool, `tool_choice.tools.${index}`);
    return typeof named === "object" ? named.name : String(tool["type"]);
  });
  return { choice: mode, allowed: new Set(names) };
}

/** A tool that the provider runs itself is called by nobody else. */
function toolOf(value: JsonObject, path: string): { readonly name: string } | "hosted" {
  const { type } = value;
  if (type === "function" || type === "custom") {
    const namespace = optionalText(value["namespace"], `${path}.namespace`);
    return { name: flatNameOf(textAt(value["name"], `${path}.name`), namespace) };
  }
  const client = clientToolOf({ ...value, execution: "client" });
  return client === undefined ? HOSTED_CHOICE : { name: client.type };
}
