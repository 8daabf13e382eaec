/**
 * Rules over what a file says, on its syntax tree: comments and strings cannot be mistaken for
 * code. The tree is the linter's own, which `deno test` offers to test lint rules with.
 *
 * Its visitor stops at an empty statement (Deno 2.9.6); `deno fmt` takes those out.
 *
 * @module
 */

import { layerOf } from "./import_table.ts";
import type { RuleName, SourceFile, Violation } from "./source_file.ts";

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;

/** A way to the outside world, the layers where it is at home, and what all others do. */
interface OutsideWorld {
  readonly rule: RuleName;
  /** Globals or their members. */
  readonly names: readonly string[];
  readonly home: readonly string[];
  readonly instead: string;
}

/** The first row that names a thing decides. */
const OUTSIDE_WORLD: readonly OutsideWorld[] = [
  {
    rule: "network",
    names: [
      "fetch",
      "WebSocket",
      "EventSource",
      "Deno.connect",
      "Deno.connectTls",
      "Deno.startTls",
      "Deno.createHttpClient",
    ],
    home: ["transport", "console"],
    instead: "send requests through the Transport that app hands in",
  },
  {
    rule: "runtime",
    names: ["Deno"],
    home: ["main.ts", "cli", "host", "config", "cassettes", "state", "transport", "server"],
    instead: "take what is needed as an argument",
  },
  {
    rule: "clock",
    names: [
      "Date.now",
      "new Date()",
      "performance",
      "setTimeout",
      "setInterval",
      "AbortSignal.timeout",
    ],
    home: ["app", "host", "cli", "main.ts", "console"],
    instead: "take a Clock (core/clock.ts) as an argument",
  },
  {
    rule: "randomness",
    names: ["Math.random", "crypto.randomUUID", "crypto.getRandomValues"],
    home: ["app", "host", "cli", "main.ts"],
    instead: "take a Random or a MakeId (core/clock.ts) as an argument",
  },
];

const KNOWS_PROVIDERS = ["providers", "formats", "config", "console"];
/** These are about what other programs call providers, and where those look for them. */
const TRANSLATES_NAMES = /^src\/cli\/(banner|chat|import|init|launch)\//;
const PROVIDERS = "openai|openrouter|venice|chatjimmy|anthropic|gemini|ollama";
const PROVIDER_STRINGS = [
  new RegExp(`^(${PROVIDERS})$`, "i"),
  new RegExp(`^(${PROVIDERS})/`, "i"), // The prefix of a model's name.
  new RegExp(`^(${PROVIDERS.toUpperCase()})_[A-Z_]+$`), // A variable of the environment.
  /\b(openai\.com|openrouter\.ai|venice\.ai|chatjimmy\.ai|anthropic\.com|googleapis\.com|ollama\.com)\b/i,
];

/** Checks one file by its text alone. */
export function syntaxViolations(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  const lines = lineStarts(file.text);
  const report: Report = (rule, node, message) => {
    found.push({ rule, path: file.path, line: lineOf(node.range[0], lines), message });
  };
  // A text ends with a line feed, so that the last line start has no line.
  const lineCount = lines.length - 1;
  if (lineCount > MAX_FILE_LINES) {
    found.push({
      rule: "file-length",
      path: file.path,
      message: `has ${lineCount} lines, at most ${MAX_FILE_LINES}; split it by subject`,
    });
  }
  const layer = layerOf(file.path);
  const visitors = [functionLengthVisitor(report, lines)];
  if (layer !== undefined) {
    visitors.push(outsideWorldVisitor(layer, report), anyVisitor(report));
    if (!KNOWS_PROVIDERS.includes(layer) && !TRANSLATES_NAMES.test(file.path)) {
      visitors.push(providerVisitor(file.path, report));
    }
  }
  visit(file, visitors);
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

type Report = (rule: RuleName, node: Deno.lint.Node, message: string) => void;

function visit(file: SourceFile, visitors: readonly Deno.lint.LintVisitor[]): void {
  const rules = Object.fromEntries(
    visitors.map((visitor, index) => [`rule-${index}`, { create: () => visitor }]),
  );
  Deno.lint.runPlugin({ name: "architecture", rules }, file.path, file.text);
}

function outsideWorldVisitor(layer: string, report: Report): Deno.lint.LintVisitor {
  function check(name: string, node: Deno.lint.Node): void {
    const row = OUTSIDE_WORLD.find(({ names }) =>
      names.some((banned) => name === banned || name.startsWith(`${banned}.`))
    );
    if (row === undefined || row.home.includes(layer)) return;
    report(row.rule, node, `${name} belongs to ${row.home.join(", ")}; ${row.instead}`);
  }
  return {
    Identifier(node) {
      if (isReference(node)) check(nameOf(node), node);
    },
    "NewExpression[callee.name='Date'][arguments.length=0]"(node: Deno.lint.NewExpression) {
      check("new Date()", node);
    },
  };
}

/** Whether an identifier stands for a variable, not for a property, a key or a type. */
function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node || parent.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
      return parent.value === node || parent.computed;
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSTypeQuery":
    case "TSTypeReference":
      return false;
    default:
      return true;
  }
}

/** `Date.now` for the `Date` of `Date.now()` and of `globalThis.Date.now()`. */
function nameOf(node: Deno.lint.Identifier): string {
  let name = node.name;
  let inner: Deno.lint.Node = node;
  while (inner.parent.type === "MemberExpression" && inner.parent.object === inner) {
    const { property, computed } = inner.parent;
    if (computed || property.type !== "Identifier") break;
    name = name === "globalThis" ? property.name : `${name}.${property.name}`;
    inner = inner.parent;
  }
  return name;
}

function anyVisitor(report: Report): Deno.lint.LintVisitor {
  return {
    TSAnyKeyword(node) {
      report("any", node, "any turns the type checker off; use unknown and narrow it");
    },
  };
}

function providerVisitor(path: string, report: Report): Deno.lint.LintVisitor {
  // A surface imitates one API and may say which: its own file or folder is named after it.
  const ownName = /^src\/surfaces\/([^/.]+)/.exec(path)?.[1];
  function check(value: unknown, node: Deno.lint.Node): void {
    if (typeof value !== "string" || value === ownName) return;
    if (!PROVIDER_STRINGS.some((pattern) => pattern.test(value))) return;
    report(
      "provider-name",
      node,
      `"${value}" names a provider; let the Provider or Format declare what differs`,
    );
  }
  return {
    "Literal"(node: Deno.lint.Literal) {
      if (!/^(Import|Export)/.test(node.parent.type)) check(node.value, node);
    },
    "TemplateElement"(node: Deno.lint.TemplateElement) {
      check(node.cooked, node);
    },
  };
}

function functionLengthVisitor(
  report: Report,
  lines: readonly number[],
): Deno.lint.LintVisitor {
  function check(node: Deno.lint.Node): void {
    const count = lineOf(node.range[1], lines) - lineOf(node.range[0], lines) + 1;
    if (count <= MAX_FUNCTION_LINES) return;
    report(
      "function-length",
      node,
      `function of ${count} lines, at most ${MAX_FUNCTION_LINES}; give a part of it a name`,
    );
  }
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  };
}

/** Offsets at which the lines of a text begin. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Number of the line that holds an offset, 1 for the first. */
function lineOf(offset: number, lines: readonly number[]): number {
  const next = lines.findIndex((start) => start > offset);
  return next === -1 ? lines.length : next;
}
