/**
 * What Bedrock takes of a request for Claude: the betas that it knows, and nothing that comes with another.
 *
 * A beta and its fields travel together: a field without its beta is refused, and so is a beta that Bedrock
 * does not know (T62, T63). As data, because each month brings others.
 *
 * @see {@link https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html}
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import type { HeaderList } from "../../core/provider/transport.ts";

const VERSION = "bedrock-2023-05-31";
const VERSION_HEADER = "anthropic-version";
/** What the version of Bedrock's own name is called elsewhere. */
const OLD_VERSION = "2023-06-01";
const BETA_HEADER = "anthropic-beta";

/** Betas that Bedrock knows. */
const KNOWN_BETAS: ReadonlySet<string> = new Set([
  "compact-2026-01-12",
  "computer-use-2024-10-22",
  "computer-use-2025-01-24",
  "computer-use-2025-11-24",
  "context-1m-2025-08-07",
  "context-management-2025-06-27",
  "dangerous-tool-use-2026-09-03",
  "dev-full-thinking-2025-05-14",
  "effort-2025-11-24",
  "fine-grained-tool-streaming-2025-05-14",
  "interleaved-thinking-2025-05-14",
  "mid-conversation-output-config-2026-07-01",
  "mid-conversation-tool-changes-2026-07-01",
  "output-128k-2025-02-19",
  "thinking-binding-controls-2026-08-01",
  "thinking-display-updates-2026-08-18",
  "token-efficient-tools-2025-02-19",
  "tool-examples-2025-10-29",
  "tool-search-tool-2025-10-19",
]);

/** Under another name there. */
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

/** Tools that Anthropic runs itself, and Bedrock does not. */
const HOSTED_TOOL = /^(advisor|code_execution|mcp_toolset|web_fetch|web_search)/;

export interface FittedBody {
  readonly body: JsonObject;
  /** What was left out, a sentence each. */
  readonly warnings: readonly string[];
}

/** The body for InvokeModel: model and stream stand in the address, version and betas in the body. */
export function fitToBedrock(given: JsonObject, headers: HeaderList): FittedBody {
  const { model: _, stream: __, ...rest } = given;
  const asked = betasOf(headers, rest["anthropic_beta"]);
  const named = asked.map((beta) => RENAMED_BETAS.get(beta) ?? beta);
  const betas = [...new Set(named.filter((beta) => KNOWN_BETAS.has(beta)))];
  const refused = named.filter((beta) => !KNOWN_BETAS.has(beta));
  const { body, warnings } = withoutHosted(withoutFieldsOf(refused, betas, rest));
  const { anthropic_beta: ___, ...plain } = body;
  return {
    body: {
      ...plain,
      anthropic_version: versionOf(headers),
      ...(betas.length > 0 && { anthropic_beta: betas }),
    },
    warnings: [
      ...refused.map((beta) => `The beta "${beta}" is left out with its fields: Bedrock lacks it`),
      ...warnings,
    ],
  };
}

/** Anthropic's own client for Bedrock names newer versions as they are called elsewhere. */
function versionOf(headers: HeaderList): string {
  const asked = headers.find(([name]) => name === VERSION_HEADER)?.[1];
  return asked === undefined || asked === OLD_VERSION ? VERSION : asked;
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

function withoutHosted(body: JsonObject): FittedBody {
  const { tools } = body;
  if (!Array.isArray(tools)) return { body, warnings: [] };
  const isHosted = (tool: JsonValue): boolean =>
    isJsonObject(tool) && typeof tool["type"] === "string" && HOSTED_TOOL.test(tool["type"]);
  const hosted = tools.filter(isHosted);
  if (hosted.length === 0) return { body, warnings: [] };
  const warnings = hosted.map((tool) =>
    `The tool "${isJsonObject(tool) ? tool["type"] : ""}" is left out: Bedrock does not run it`
  );
  const others = tools.filter((tool) => !isHosted(tool));
  if (others.length > 0) return { body: { ...body, tools: others }, warnings };
  const { tools: _, tool_choice: __, ...rest } = body;
  return { body: rest, warnings };
}
