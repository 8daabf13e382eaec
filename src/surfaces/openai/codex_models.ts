/**
 * Models in the shape in which Codex reads them, which asks for its version's.
 *
 * What lists do not tell is said so that nothing is promised: no levels of reasoning, no verbosity.
 */

import type { JsonObject } from "../../core/text/json.ts";
import type { VisibleModel } from "../../core/provider/provider.ts";

/** What tells Codex from other clients, which ask for the same address. */
export const CODEX_VERSION = "client_version";

/** Of a tool's output, what is told to the model. */
const MAX_OUTPUT_TOKENS = 10_000;

/** What Codex compacts a conversation at, of the context window. */
const COMPACTED_AT = 0.9;

export function codexModels(models: readonly VisibleModel[]): JsonObject {
  return { models: models.map(codexModel) };
}

function codexModel(
  { id, name, description, supported_parameters, facts }: VisibleModel,
  priority: number,
): JsonObject {
  return {
    slug: id,
    display_name: name ?? id,
    description: description ?? null,
    supported_reasoning_levels: [],
    shell_type: "default",
    visibility: "list",
    supported_in_api: true,
    priority,
    base_instructions: BASE_INSTRUCTIONS,
    supports_reasoning_summaries: false,
    support_verbosity: false,
    truncation_policy: { mode: "tokens", limit: MAX_OUTPUT_TOKENS },
    supports_parallel_tool_calls: supported_parameters?.includes("parallel_tool_calls") ?? false,
    experimental_supported_tools: [],
    apply_patch_tool_type: "freeform",
    use_responses_lite: false,
    // A client that is told nothing sends images, which a model that reads none may refuse.
    ...(facts.vision === false && { input_modalities: ["text"] }),
    ...(facts.contextTokens && {
      context_window: facts.contextTokens,
      auto_compact_token_limit: Math.floor(facts.contextTokens * COMPACTED_AT),
    }),
  };
}

/** Codex has no others for a model that it is told of. */
const BASE_INSTRUCTIONS =
  "You are a coding agent that runs in Codex CLI, on the computer of whoever talks to you. Read " +
  "files before you change them, and AGENTS.md files where there are any: what they say applies to " +
  "the folder that they are in. Change files with apply_patch, run commands with the shell tool, " +
  "and look at what they print. Go on until the task is done, and then say briefly what you did.";
