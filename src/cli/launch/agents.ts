/**
 * What each coding agent has to be told to speak to a gateway, without a change to its files.
 *
 * @see docs/agents of each: code.claude.com/docs/en/llm-gateway, developers.openai.com/codex/config-reference,
 * geminicli.com/docs/get-started/configuration, opencode.ai/docs/config
 * @module
 */

import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { KEY_VARIABLE, type RunningGateway } from "../running/running_gateway.ts";
import type { AgentName } from "./agent_names.ts";

/** The version whose list of models Weir writes for Codex. */
const CODEX_VERSION = "0.171.0";
/** An agent shows its list to a person. */
const MAX_MODELS = 500;

/** What an agent is told of. */
export interface AgentSetting {
  readonly gateway: Pick<RunningGateway, "origin" | "text">;
  /** Something, where the gateway wants no key: agents do not start without one. */
  readonly key: string;
  readonly model: string | undefined;
  /** The gateway's list, in OpenAI's form. */
  readonly models: readonly JsonObject[];
  /** Writes a file that is gone when the agent has ended; resolves with its path. */
  readonly temporaryFile: (text: string) => Promise<string>;
}

/** How it is started. */
export interface AgentStart {
  /** Variables of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** What comes before the arguments of whoever launches it. */
  readonly args?: readonly string[];
}

export interface LaunchedAgent {
  readonly program: string;
  /** npm package that it comes in. */
  readonly npmPackage: string;
  /** Variables that would lead it elsewhere. */
  readonly withoutVariables: readonly string[];
  readonly start: (setting: AgentSetting) => AgentStart | Promise<AgentStart>;
}

export const AGENTS: Readonly<Record<AgentName, LaunchedAgent>> = {
  claude: {
    program: "claude",
    npmPackage: "@anthropic-ai/claude-code",
    withoutVariables: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
    start: ({ gateway, key, model }) => ({
      env: {
        ANTHROPIC_BASE_URL: gateway.origin,
        ANTHROPIC_AUTH_TOKEN: key,
        // It asks a gateway for its models only where it is told to.
        CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
        // The second is for its small questions, which else go to a model that may not be there.
        ...(model !== undefined &&
          { ANTHROPIC_MODEL: model, ANTHROPIC_DEFAULT_HAIKU_MODEL: model }),
      },
    }),
  },
  codex: {
    program: "codex",
    npmPackage: "@openai/codex",
    withoutVariables: [],
    start: async ({ gateway, key, model, temporaryFile }) => {
      const provider = `{name="Weir",base_url=${quoted(`${gateway.origin}/v1`)},` +
        `env_key="${KEY_VARIABLE}",wire_api="responses"}`;
      // Without it Codex knows none of the models, and has no tool for patches.
      const catalog = await gateway.text(`/v1/models?client_version=${CODEX_VERSION}`);
      return {
        env: { [KEY_VARIABLE]: key },
        args: [
          'model_provider="weir"',
          `model_providers.weir=${provider}`,
          ...(catalog === undefined
            ? []
            : [`model_catalog_json=${quoted(await temporaryFile(catalog))}`]),
          ...(model === undefined ? [] : [`model=${quoted(model)}`]),
        ].flatMap((setting) => ["-c", setting]),
      };
    },
  },
  gemini: {
    program: "gemini",
    npmPackage: "@google/gemini-cli",
    withoutVariables: ["GOOGLE_API_KEY", "GOOGLE_GENAI_USE_GCA", "GOOGLE_GENAI_USE_VERTEXAI"],
    start: async ({ gateway, key, model, temporaryFile }) => ({
      env: {
        GOOGLE_GEMINI_BASE_URL: gateway.origin,
        GEMINI_API_KEY: key,
        ...(model !== undefined && { GEMINI_MODEL: model }),
        // Whoever has logged in at Google once would be asked at Google.
        GEMINI_CLI_SYSTEM_SETTINGS_PATH: await temporaryFile(
          JSON.stringify({ security: { auth: { selectedType: "gemini-api-key" } } }),
        ),
      },
    }),
  },
  opencode: {
    program: "opencode",
    npmPackage: "opencode-ai",
    withoutVariables: [],
    start: ({ gateway, key, model, models }) => ({
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify(opencodeConfig(gateway.origin, key, model, models)),
      },
    }),
  },
};

function opencodeConfig(
  origin: string,
  key: string,
  wanted: string | undefined,
  listed: readonly JsonObject[],
): JsonObject {
  const model = wanted ?? listed.map(({ id }) => id).find((id) => typeof id === "string");
  const names = listed.slice(0, MAX_MODELS).filter(({ id }) => typeof id === "string");
  const models = Object.fromEntries(names.map((entry) => [String(entry.id), opencodeModel(entry)]));
  return {
    provider: {
      weir: {
        npm: "@ai-sdk/openai-compatible",
        name: "Weir",
        options: { baseURL: `${origin}/v1`, apiKey: key },
        models: typeof model === "string" ? { [model]: {}, ...models } : models,
      },
    },
    ...(typeof model === "string" && { model: `weir/${model}`, small_model: `weir/${model}` }),
  };
}

/** Without a word on its window opencode does not know when to make a conversation shorter. */
function opencodeModel(
  { context_length: context, max_output_tokens: output }: JsonObject,
): JsonObject {
  if (typeof context !== "number") return {};
  return { limit: { context, output: typeof output === "number" ? output : 0 } };
}

/** The models of a list in OpenAI's form. */
export function modelsOf({ data }: JsonObject): readonly JsonObject[] {
  return Array.isArray(data) ? data.filter(isJsonObject) : [];
}

/** A text in TOML, whose strings are those of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
