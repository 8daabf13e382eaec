/**
 * What clouds take of a request for Claude: the betas that each knows, and nothing that comes with another.
 *
 * A beta and its fields travel together: a field without its beta is refused, and so is a beta that a cloud
 * does not know (T62, T63). As data, because each month brings others.
 *
 * @see {@link https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html}
 * @see {@link https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude}
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import type { HeaderList } from "../../core/provider/transport.ts";

const VERSION_HEADER = "anthropic-version";
export const BETA_HEADER = "anthropic-beta";
/** What the versions under the clouds' own names are called elsewhere. */
const OLD_VERSION = "2023-06-01";

/** How one cloud serves Claude. */
export interface ClaudeCloud {
  readonly name: string;
  /** Its own name for the version of the API. */
  readonly version: string;
  readonly betas: ReadonlySet<string>;
  /** Tools that Anthropic runs itself, and this cloud does not. */
  readonly lackedTools: RegExp;
}

const COMMON_BETAS: readonly string[] = [
  "compact-2026-01-12",
  "computer-use-2024-10-22",
  "computer-use-2025-01-24",
  "computer-use-2025-11-24",
  "context-1m-2025-08-07",
  "context-management-2025-06-27",
  "dangerous-tool-use-2026-09-03",
  "interleaved-thinking-2025-05-14",
  "thinking-binding-controls-2026-08-01",
  "thinking-display-updates-2026-08-18",
  "tool-search-tool-2025-10-19",
];

export const BEDROCK: ClaudeCloud = {
  name: "Bedrock",
  version: "bedrock-2023-05-31",
  betas: new Set([
    ...COMMON_BETAS,
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14",
    "mid-conversation-output-config-2026-07-01",
    "mid-conversation-tool-changes-2026-07-01",
    "output-128k-2025-02-19",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
  ]),
  lackedTools: /^(advisor|code_execution|mcp_toolset|web_fetch|web_search)/,
};

export const VERTEX: ClaudeCloud = {
  name: "Vertex",
  version: "vertex-2023-10-16",
  betas: new Set([
    ...COMMON_BETAS,
    "compact-2026-09-04",
    "per-turn-control-2026-07-01",
    "web-search-2025-03-05",
  ]),
  lackedTools: /^(advisor|code_execution|mcp_toolset|web_fetch)/,
};

/** Under another name at clouds. */
const RENAMED_BETAS: ReadonlyMap<string, string> = new Map([
  ["advanced-tool-use-2025-11-20", "tool-search-tool-2025-10-19"],
]);

/** Fields that come with a beta, by how its name begins; `*` goes through a list. */
const FIELDS_OF_BETAS: readonly (readonly [beta: string, paths: readonly string[]])[] = [
  ["code-execution-", ["container"]],
  ["compact-", ["context_management"]],
  ["context-management-", ["context_management"]],
  ["effort-", ["output_config.effort"]],
  ["fast-mode-", ["speed"]],
  ["mcp-client-", ["mcp_servers"]],
  ["mcp-servers-", ["mcp_servers"]],
  ["per-turn-control-", ["messages.*.output_config"]],
  [
    "prompt-caching-scope-",
    [
      "system.*.cache_control.scope",
      "tools.*.cache_control.scope",
      "messages.*.content.*.cache_control.scope",
    ],
  ],
  ["server-side-fallback-", ["fallbacks"]],
  ["skills-", ["container"]],
  ["structured-outputs-", ["output_format", "output_config.format", "tools.*.strict"]],
  ["task-budgets-", ["output_config.task_budget"]],
];

export interface FittedBody {
  /** With the cloud's version, and without betas. */
  readonly body: JsonObject;
  /** Those that the cloud knows. */
  readonly betas: readonly string[];
  /** What was left out, a sentence each. */
  readonly warnings: readonly string[];
}

export function fitToCloud(
  given: JsonObject,
  headers: HeaderList,
  { name, version, betas: known, lackedTools }: ClaudeCloud,
): FittedBody {
  const asked = betasOf(headers, given["anthropic_beta"]);
  const named = asked.map((beta) => RENAMED_BETAS.get(beta) ?? beta);
  const betas = [...new Set(named.filter((beta) => known.has(beta)))];
  const refused = named.filter((beta) => !known.has(beta));
  const { anthropic_beta: _, ...plain } = withoutFieldsOf(refused, betas, given);
  const lacked = toolsOf(plain).filter((tool) => lackedTools.test(tool));
  return {
    body: {
      ...(lacked.length === 0 ? plain : withoutTools(plain, lackedTools)),
      anthropic_version: versionOf(headers, version),
    },
    betas,
    warnings: [
      ...refused.map((beta) => `The beta "${beta}" is left out with its fields: ${name} lacks it`),
      ...lacked.map((tool) => `The tool "${tool}" is left out: ${name} does not run it`),
    ],
  };
}

/** Anthropic's own clients for clouds name newer versions as they are called elsewhere. */
function versionOf(headers: HeaderList, version: string): string {
  const asked = headers.find(([name]) => name === VERSION_HEADER)?.[1];
  return asked === undefined || asked === OLD_VERSION ? version : asked;
}

function betasOf(headers: HeaderList, inBody: JsonValue | undefined): readonly string[] {
  const texts = headers.flatMap(([name, value]) => name === BETA_HEADER ? value.split(",") : []);
  const own = Array.isArray(inBody) ? inBody.filter((beta) => typeof beta === "string") : [];
  return [...new Set([...texts, ...own].map((beta) => beta.trim()).filter((beta) => beta !== ""))];
}

function withoutFieldsOf(
  refused: readonly string[],
  kept: readonly string[],
  body: JsonObject,
): JsonObject {
  const pathsOf = (betas: readonly string[]): readonly string[] =>
    FIELDS_OF_BETAS.flatMap(([start, paths]) =>
      betas.some((beta) => beta.startsWith(start)) ? paths : []
    );
  const needed = pathsOf(kept);
  return pathsOf(refused)
    .filter((path) => !needed.includes(path))
    .reduce<JsonObject>((rest, path) => dropPath(rest, path.split(".")), body);
}

/** The same object where there is nothing at the path. */
function dropPath(value: JsonObject, [name = "", ...below]: readonly string[]): JsonObject {
  const member = value[name];
  if (member === undefined) return value;
  if (below.length === 0) {
    const { [name]: _, ...rest } = value;
    return rest;
  }
  const inner = dropWithin(member, below);
  return inner === member ? value : { ...value, [name]: inner };
}

function dropWithin(value: JsonValue, path: readonly string[]): JsonValue {
  if (isJsonObject(value)) return path[0] === "*" ? value : dropPath(value, path);
  if (!Array.isArray(value) || path[0] !== "*") return value;
  const items = value.map((item) => dropWithin(item, path.slice(1)));
  return items.every((item, index) => item === value[index]) ? value : items;
}

/** The types of tools that have one. */
function toolsOf({ tools }: JsonObject): readonly string[] {
  return Array.isArray(tools) ? tools.map(typeOf).filter((type) => type !== "") : [];
}

function typeOf(tool: JsonValue): string {
  return isJsonObject(tool) && typeof tool["type"] === "string" ? tool["type"] : "";
}

function withoutTools(body: JsonObject, lacked: RegExp): JsonObject {
  const { tools = [], tool_choice: choice, ...rest } = body;
  const others = Array.isArray(tools) ? tools.filter((tool) => !lacked.test(typeOf(tool))) : [];
  if (others.length === 0) return rest;
  return { ...rest, tools: others, ...(choice !== undefined && { tool_choice: choice }) };
}
