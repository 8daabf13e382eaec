/** Keys of providers that the environment holds and that switch nothing on. */

import { unreadVariables } from "../../config/problems/unread_variables.ts";
import type { Environment } from "../../config/sources/settings.ts";
import { gatewayVariables } from "../../config/sources/variables.ts";
import type { Provider } from "../../core/provider/provider.ts";

interface ForeignKey {
  /** The upstream that it is for. */
  readonly upstream: string;
  /** What to write so that it is used. */
  readonly write: string;
}

/** Variables in which other programs look for the keys of providers that Weir knows. */
const FOREIGN: Readonly<Record<string, ForeignKey>> = {
  AWS_ACCESS_KEY_ID: of("bedrock", "BEDROCK_REGION=us-east-1, or another region"),
  AWS_PROFILE: of("bedrock", "BEDROCK_REGION=us-east-1, or another region"),
  AZURE_API_KEY: of(
    "azure",
    "AZURE_OPENAI_API_KEY=$AZURE_API_KEY AZURE_OPENAI_ENDPOINT=https://NAME.openai.azure.com",
  ),
  CLAUDE_API_KEY: of("anthropic", "ANTHROPIC_API_KEY=$CLAUDE_API_KEY"),
  CO_API_KEY: of("cohere", "COHERE_API_KEY=$CO_API_KEY"),
  FIREWORKS_AI_API_KEY: of("fireworks", "FIREWORKS_API_KEY=$FIREWORKS_AI_API_KEY"),
  GOOGLE_API_KEY: of("gemini", "GEMINI_API_KEY=$GOOGLE_API_KEY"),
  GOOGLE_APPLICATION_CREDENTIALS: of("vertex", "VERTEX_PROJECT=the project's id"),
  GOOGLE_GENERATIVE_AI_API_KEY: of("gemini", "GEMINI_API_KEY=$GOOGLE_GENERATIVE_AI_API_KEY"),
  GROK_API_KEY: of("xai", "XAI_API_KEY=$GROK_API_KEY"),
  HF_TOKEN: of("huggingface", "HUGGINGFACE_API_KEY=$HF_TOKEN"),
  PERPLEXITYAI_API_KEY: of("perplexity", "PERPLEXITY_API_KEY=$PERPLEXITYAI_API_KEY"),
  TOGETHERAI_API_KEY: of("together", "TOGETHER_API_KEY=$TOGETHERAI_API_KEY"),
  TOGETHER_AI_API_KEY: of("together", "TOGETHER_API_KEY=$TOGETHER_AI_API_KEY"),
  ZAI_KEY: of("zai", "ZAI_API_KEY=$ZAI_KEY"),
};

/** What beside a key its provider needs to be on. */
const ALSO_NEEDED: Readonly<Record<string, string>> = {
  azure: "AZURE_OPENAI_ENDPOINT=https://NAME.openai.azure.com",
  ollama: "OLLAMA_HOST=http://127.0.0.1:11434",
};

function of(upstream: string, write: string): ForeignKey {
  return { upstream, write };
}

/**
 * What of the environment was likely meant for Weir and is not used, a sentence each: keys that switch nothing on,
 * and names that are almost those of variables.
 */
export function unusedVariables(
  environment: Environment,
  providers: readonly Provider[],
): readonly string[] {
  const keys = unusedKeys(environment, providers);
  const told = new Set(keys.map(({ name }) => name));
  const unread = unreadVariables(environment).filter((line) => !told.has(line.split(" ")[0] ?? ""));
  return [
    ...keys.map(({ name, upstream, write }) =>
      `${name} is not used; for ${upstream}, write ${write}`
    ),
    ...unread,
  ];
}

function unusedKeys(
  environment: Environment,
  providers: readonly Provider[],
): readonly (ForeignKey & { readonly name: string })[] {
  const isSet = (name: string): boolean => (environment[name] ?? "").trim() !== "";
  const isOn = (upstream: string): boolean => providers.some(({ name }) => name === upstream);
  const own = gatewayVariables().filter(({ name, path: [section, , option] }) =>
    section === "upstreams" && option === "apiKey" && isSet(name)
  ).map(({ name, path: [, upstream = ""] }) => ({
    name,
    upstream,
    write: ALSO_NEEDED[upstream] ?? `${name.replace(/_API_KEY$/, "_BASE_URL")}=its address`,
  }));
  const foreign = Object.entries(FOREIGN).filter(([name]) => isSet(name))
    .map(([name, key]) => ({ name, ...key }));
  return [...own, ...foreign].filter(({ upstream }) => !isOn(upstream));
}
