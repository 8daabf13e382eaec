/** What a model without tools is told of them: as few words as it needs, since its context may be small. */

import type { Tool, ToolChoice } from "../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { TEXT_PARAMETERS } from "./read_calls.ts";

const MAX_DEPTH = 8;
/** That JSON has, an integer being one. */
const TYPES = 7;
/**
 * What types may have beyond the length of their schemas: references to what has more references make a short schema
 * as long as anybody likes. What is left then may be anything.
 */
const MAX_REPEATED_CHARACTERS = 262_144;

/** Of all tools together, what is left. */
interface Room {
  characters: number;
}

/** @param tools Those that may be called; there is at least one. */
export function toolPrompt(
  tools: readonly Tool[],
  choice: ToolChoice,
  isParallel: boolean,
): string {
  const own = tools.reduce(
    (sum, { parameters = {} }) => sum + JSON.stringify(parameters).length,
    0,
  );
  const room = { characters: own + MAX_REPEATED_CHARACTERS };
  return [
    "# Tools",
    "You can call the tools below. To call one, write this and nothing else:",
    `<tool_call>{"name": "tool name", "arguments": {"argument name": "value"}}</tool_call>`,
    isParallel
      ? "To call several at once, write one such line for each."
      : "Call one tool at a time.",
    "Then stop: the results come in the next message, as <tool_response>.",
    rule(choice),
    "Tools, each with the type of its arguments (? is optional):",
    ...tools.map((tool) => describeTool(tool, room)),
  ].join("\n");
}

function rule(choice: ToolChoice): string {
  if (typeof choice === "object") return `You must call the tool ${choice.name} now.`;
  return choice === "required"
    ? "You must call a tool now."
    : "Call a tool only where you need it; to greet, to explain or to answer what you know, write plain text.";
}

function describeTool(
  { kind, name, description, parameters, grammar }: Tool,
  room: Room,
): string {
  const schema = kind === "custom" ? TEXT_PARAMETERS : parameters ?? {};
  const type = describeType(schema, { root: parameters, room }, 0);
  const about = description?.trim() ? `: ${description.trim()}` : "";
  const format = grammar === undefined
    ? ""
    : `\n"input" must follow this grammar (${grammar.syntax}):\n${grammar.definition}`;
  return `- ${name} ${type}${about}${format}`;
}

interface Within {
  readonly root: JsonObject | undefined;
  readonly room: Room;
}

/** A JSON schema as a type of TypeScript, with descriptions as comments: a third of its length. */
function describeType(schema: JsonValue | undefined, within: Within, depth: number): string {
  const { root, room } = within;
  if (!isJsonObject(schema) || depth > MAX_DEPTH || room.characters <= 0) return "any";
  room.characters -= 1;
  const below = (value: JsonValue | undefined) => describeType(value, within, depth + 1);
  if (typeof schema.$ref === "string") return below(definitionOf(schema.$ref, root));
  if (Array.isArray(schema.enum)) return taken(room, schema.enum.map(toText).join("|"));
  if ("const" in schema) return taken(room, JSON.stringify(schema.const));
  const forms = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(forms)) return forms.map(below).join("|");
  const { type } = schema;
  if (Array.isArray(type)) {
    return type.slice(0, TYPES).map((one) => below({ ...schema, type: one })).join("|");
  }
  if (type === "array") return `${below(schema.items)}[]`;
  if (isJsonObject(schema.properties)) {
    return describeObject(schema, schema.properties, room, below);
  }
  return type === "object" || type === undefined ? depth === 0 ? "{}" : "object" : String(type);
}

function describeObject(
  { required }: JsonObject,
  properties: JsonObject,
  room: Room,
  below: (schema: JsonValue | undefined) => string,
): string {
  const names = new Set(Array.isArray(required) ? required : []);
  room.characters -= names.size;
  const members = Object.entries(properties).map(([name, schema]) => {
    const about = isJsonObject(schema) && typeof schema.description === "string"
      ? ` /* ${schema.description.trim()} */`
      : "";
    const key = taken(room, `${JSON.stringify(name)}${names.has(name) ? "" : "?"}`);
    return `${key}: ${below(schema)}${taken(room, about)}`;
  });
  return `{${members.join(", ")}}`;
}

function toText(value: JsonValue): string {
  return JSON.stringify(value);
}

function taken(room: Room, text: string): string {
  room.characters -= text.length;
  return text;
}

function definitionOf(reference: string, root: JsonObject | undefined): JsonValue | undefined {
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(reference)?.[1];
  if (name === undefined) return undefined;
  for (const place of [root?.$defs, root?.definitions]) {
    if (isJsonObject(place) && Object.hasOwn(place, name)) return place[name];
  }
  return undefined;
}
