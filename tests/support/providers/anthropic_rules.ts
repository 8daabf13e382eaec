/**
 * What Anthropic's API demands of a Messages request, as far as a gateway can break it.
 *
 * Each rule answers with the sentence that the API refuses with, or with nothing.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";

const VERSIONS = ["2023-06-01", "2026-10-21"];

const FIELDS = new Set([
  "cache_control",
  "container",
  "diagnostics",
  "inference_geo",
  "max_tokens",
  "messages",
  "metadata",
  "model",
  "output_config",
  "service_tier",
  "speed",
  "stop_sequences",
  "stream",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);
/** Fields that are refused without their beta; the beta is known by how its name begins. */
const BETA_FIELDS: Readonly<Record<string, string>> = {
  context_management: "context-management-",
  mcp_servers: "mcp-",
};
/** Fields that the newer version no longer has. */
const REMOVED_FIELDS = ["temperature", "top_k", "top_p"];
const ROLES = new Set(["user", "assistant", "system"]);

/** How every signature begins that the stand-in gives; any other is a foreign one. */
export const SIGNATURE = "c2lnbmVkIGJ5IHRoZSBzdGFuZC1pbg==";

/** Why the API would refuse these headers. */
export function headerProblem(headers: Headers): string | undefined {
  const version = headers.get("anthropic-version");
  if (version === null) return "anthropic-version: header is required";
  if (!VERSIONS.includes(version)) return `anthropic-version: "${version}" is not a valid version`;
  return undefined;
}

/** Why the API would refuse this body. */
export function bodyProblem(body: JsonObject, headers: Headers): string | undefined {
  if (typeof body.model !== "string") return "model: Field required";
  return fieldProblem(body, headers) ?? systemProblem(body.system) ??
    toolsProblem(body.tools, headers) ?? messagesProblem(body.messages, headers);
}

function fieldProblem(body: JsonObject, headers: Headers): string | undefined {
  for (const name of Object.keys(body)) {
    const beta = BETA_FIELDS[name];
    const isKnown = FIELDS.has(name) || (beta !== undefined && hasBeta(headers, beta));
    const isRemoved = headers.get("anthropic-version") === VERSIONS[1] &&
      REMOVED_FIELDS.includes(name);
    if (!isKnown || isRemoved) return `${name}: Extra inputs are not permitted`;
  }
  return undefined;
}

function hasBeta(headers: Headers, prefix: string): boolean {
  const betas = (headers.get("anthropic-beta") ?? "").split(",");
  return betas.some((beta) => beta.trim().startsWith(prefix));
}

/** The billing block is taken off only where it stands first and alone. */
function systemProblem(system: JsonValue | undefined): string | undefined {
  const at = blocksOf(system).findIndex(({ text }) =>
    String(text).includes("x-anthropic-billing-header:")
  );
  return at > 0 ? `system.${at}: billing header must be the first block` : undefined;
}

function toolsProblem(tools: JsonValue | undefined, headers: Headers): string | undefined {
  for (const [at, tool] of blocksOf(tools).entries()) {
    const isServerTool = typeof tool.type === "string" && tool.type !== "custom";
    if (!isServerTool && !isJsonObject(tool.input_schema)) {
      return `tools.${at}.custom.input_schema: Field required`;
    }
    if (tool.defer_loading !== undefined && !hasBeta(headers, "advanced-tool-use-")) {
      return `tools.${at}.custom.defer_loading: Extra inputs are not permitted`;
    }
  }
  return undefined;
}

function messagesProblem(messages: JsonValue | undefined, headers: Headers): string | undefined {
  if (!Array.isArray(messages)) return "messages: Field required";
  if (messages.length === 0) return "messages: at least one message is required";
  let open: readonly JsonValue[] = [];
  for (const [at, message] of messages.entries()) {
    const problem = messageProblem(message, open, headers);
    if (problem !== undefined) return `messages.${at}.${problem}`;
    if (message.role === "system") continue; // It may stand between a call and its result.
    open = blocksOf(message.content).filter(({ type }) => type === "tool_use").map(({ id }) =>
      id ?? ""
    );
  }
  return open.length > 0
    ? "messages: `tool_use` ids were found without `tool_result` blocks"
    : undefined;
}

/** @param open Ids of the calls that this message must answer. */
function messageProblem(
  message: JsonObject,
  open: readonly JsonValue[],
  headers: Headers,
): string | undefined {
  if (!ROLES.has(String(message.role))) return `role: Input should be 'user' or 'assistant'`;
  if (message.output_config !== undefined && !hasBeta(headers, "per-turn-control-")) {
    return "output_config: Extra inputs are not permitted";
  }
  if (typeof message.content !== "string" && !Array.isArray(message.content)) {
    return "content: Field required";
  }
  const blocks = blocksOf(message.content);
  const results = blocks.filter(({ type }) => type === "tool_result").map((block) =>
    block.tool_use_id
  );
  const unasked = results.find((id) => !open.includes(id ?? ""));
  if (unasked !== undefined) {
    return `content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unasked}`;
  }
  if (message.role !== "system" && open.some((id) => !results.includes(id))) {
    return "content: `tool_use` ids were found without `tool_result` blocks immediately after";
  }
  for (const [at, block] of blocks.entries()) {
    const problem = blockProblem(block);
    if (problem !== undefined) return `content.${at}.${problem}`;
  }
  return undefined;
}

function blockProblem(block: JsonObject): string | undefined {
  switch (block.type) {
    case "text":
      return block.text === "" ? "text: text content blocks must be non-empty" : undefined;
    case "thinking":
      return String(block.signature).startsWith(SIGNATURE)
        ? undefined
        : "thinking: Invalid `signature` in `thinking` block";
    case "tool_use":
      return isJsonObject(block.input)
        ? undefined
        : "tool_use.input: Input should be a valid dictionary";
    default:
      return typeof block.type === "string" ? undefined : "type: Field required";
  }
}

/** The objects of a list; a text has none. */
export function blocksOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
