/**
 * Reads the text of a configuration file: JSON with comments and trailing commas.
 *
 * @module
 */

import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { fillVariables } from "./fill_variables.ts";
import type { OptionPath } from "../option_tree.ts";
import { ConfigError, MAX_PROBLEMS, type Problem } from "../problems/problem.ts";
import type { Environment } from "./settings.ts";

const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  InvalidSymbol: 'names and texts must stand in double quotes ("...")',
  InvalidNumberFormat: "this is no number; write it in digits",
  PropertyNameExpected: 'the name of an option must stand here, in double quotes ("...")',
  ValueExpected: "a value must stand here",
  ColonExpected: 'a colon must stand here, as in "name": value',
  CommaExpected: "a comma must stand before this",
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: "the file must end here; take out what follows",
  InvalidCommentToken: "this is no comment; write // before it, or /* */ around it",
  UnexpectedEndOfComment: 'the comment has no end; write "*/" after it',
  UnexpectedEndOfString: "the text has no end; put a quote after it",
  InvalidCharacter: "texts hold no tabs or other control characters; write \\t for a tab",
  InvalidEscapeCharacter: "this escape is unknown; write a backslash as \\\\",
};

/** Options lie no deeper than half of it, and what reads them calls itself at each level. */
const MAX_DEPTH = 16;

/** The text of a file and where it came from. */
export interface FileText {
  /** As people know it. */
  readonly path: string;
  readonly text: string;
}

/** A configuration file, read but not yet held against the schema. */
export interface ConfigFile {
  readonly value: JsonObject;
  /** What is wrong with its values by themselves, such as a variable that is not set. */
  readonly problems: readonly (Problem & { readonly path: OptionPath })[];
  /** Whether the file itself says something of that path. */
  readonly has: (path: OptionPath) => boolean;
  /** `file:line:column` of the innermost part that leads to a path. */
  readonly positionOf: (path: OptionPath) => string;
  /** The same with the path in words. */
  readonly placeOf: (path: OptionPath) => Pick<Problem, "place" | "offset">;
}

/** Reads a file and fills `${NAME}` in its texts. Throws `ConfigError` with all mistakes of syntax. */
export function readConfigFile(file: FileText, environment: Environment): ConfigFile {
  const text = file.text.replace(/^\uFEFF/, "");
  const root = parse({ ...file, text });
  const positionOf = (path: OptionPath): string =>
    `${file.path}:${lineAndColumn(text, offsetOf(root, path))}`;
  const placeOf = (path: OptionPath): Pick<Problem, "place" | "offset"> => {
    const option = path.length === 0 ? "" : `: ${shortNameOf(path)}`;
    return { place: `${positionOf(path)}${option}`, offset: offsetOf(root, path) };
  };
  const problems: (Problem & { path: OptionPath })[] = [];
  const report: Report = (path, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ ...placeOf(path), message, path });
  };
  const context = { report, environment, file: file.path };
  const value = root === undefined ? {} : valueOf(root, [], context);
  if (!isJsonObject(value)) {
    throw new ConfigError([{
      ...placeOf([]),
      message: 'must be an object: { "section": { ... } }',
    }]);
  }
  const { $schema, ...options } = value;
  if ($schema !== undefined && typeof $schema !== "string") {
    report(["$schema"], 'must be the address of a JSON Schema, such as "./weir.schema.json"');
  }
  return {
    value: options,
    problems,
    positionOf,
    placeOf,
    has: (path) => nodeAt(root, path) !== undefined,
  };
}

/** A path in words: `upstreams.compatible["my.llm"].baseUrl`. */
export function nameOf(path: OptionPath): string {
  return path.map((key, index) => {
    if (/^\d+$/.test(key)) return `[${key}]`;
    if (!/^[\w$-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
    return index === 0 ? key : `.${key}`;
  }).join("");
}

/** Longest name of an option that a problem repeats; a file may hold any. */
const MAX_NAME_CHARACTERS = 200;

/** The same, cut where somebody has named something at length. */
export function shortNameOf(path: OptionPath): string {
  const name = nameOf(path);
  return name.length > MAX_NAME_CHARACTERS ? `${name.slice(0, MAX_NAME_CHARACTERS)}…` : name;
}

/** What every object has, so that nothing can be found under it. */
export const RESERVED_NAME = "__proto__";
export const RESERVED_NAME_MESSAGE = "__proto__ cannot be a name here; choose another";

type Report = (path: OptionPath, message: string) => void;

function parse({ path, text }: FileText): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseNested({ path, text }, errors);
  if (errors.length === 0) return root;
  const mistakes = errors.map(({ error, offset }) => ({
    kind: printParseErrorCode(error),
    offset,
  }));
  const isTail = ({ kind }: { kind: string }): boolean => kind === "EndOfFileExpected";
  // Where the parser has lost its way, it takes the rest for a tail; and a mistake often is several to
  // it, of which the first of a line says what to do.
  const telling = mistakes.every(isTail) ? mistakes : mistakes.filter((each) => !isTail(each));
  const problems: Problem[] = [];
  let endOfLine = -1;
  for (const { kind, offset } of telling) {
    if (offset <= endOfLine || problems.length === MAX_PROBLEMS) continue;
    const message = SYNTAX_MESSAGES[kind] ?? "this is not JSON; take it out";
    problems.push({ place: `${path}:${lineAndColumn(text, offset)}`, message, offset });
    const next = text.indexOf("\n", offset);
    endOfLine = next === -1 ? text.length : next;
  }
  throw new ConfigError(problems);
}

function parseNested({ path, text }: FileText, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw tooDeep(path);
  }
}

function tooDeep(place: string): ConfigError {
  return new ConfigError([{ place, message: "is nested too deeply; no option is" }]);
}

function valueOf(
  node: Node,
  path: OptionPath,
  context: {
    readonly report: Report;
    readonly environment: Environment;
    /** Path of the file. */
    readonly file: string;
  },
): JsonValue {
  if (path.length > MAX_DEPTH) throw tooDeep(context.file);
  const { type, children = [] } = node;
  if (type === "array") {
    return children.map((child, index) => valueOf(child, [...path, String(index)], context));
  }
  if (type !== "object") {
    if (type !== "string") return node.value as JsonValue;
    const { text, problems } = fillVariables(String(node.value), context.environment);
    for (const problem of problems) context.report(path, problem);
    return text;
  }
  const members = new Map<string, JsonValue>();
  for (const { children: [keyNode, valueNode] = [] } of children) {
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = String(keyNode.value);
    const memberPath = [...path, key];
    if (key === RESERVED_NAME) context.report(memberPath, RESERVED_NAME_MESSAGE);
    else if (members.has(key)) {
      context.report(memberPath, "is set twice here; take one of them out");
    } else members.set(key, valueOf(valueNode, memberPath, context));
  }
  return Object.fromEntries(members);
}

function nodeAt(root: Node | undefined, path: OptionPath): Node | undefined {
  if (root === undefined) return undefined;
  let node: Node | undefined = root;
  for (const key of path) {
    if (node === undefined) return undefined;
    node = findNodeAtLocation(node, [node.type === "array" ? Number(key) : key]);
  }
  return node;
}

/** Where the last part begins that the file has of a path; its name, where it has one. */
function offsetOf(root: Node | undefined, path: OptionPath): number {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) {
      return node.parent?.type === "property" ? node.parent.offset : node.offset;
    }
  }
  return root?.offset ?? 0;
}

/** `line:column`, each counted from 1. */
function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split("\n").length}:${offset - before.lastIndexOf("\n")}`;
}
