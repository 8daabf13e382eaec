/** Which of Weir's upstreams a deployment of LiteLLM's stands for. */

import type { JsonObject } from "../../core/text/json.ts";

/** `provider/model`; models have slashes in their names, too. */
export const LITELLM_MODEL = /^([\w.-]+)\/(.+)$/;

/** LiteLLM's names of providers that Weir knows by name. */
const UPSTREAMS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  azure: "azure",
  bedrock: "bedrock",
  cerebras: "cerebras",
  cohere: "cohere",
  cohere_chat: "cohere",
  deepseek: "deepseek",
  fireworks_ai: "fireworks",
  gemini: "gemini",
  groq: "groq",
  huggingface: "huggingface",
  lm_studio: "lmstudio",
  mistral: "mistral",
  moonshot: "moonshot",
  ollama: "ollama",
  ollama_chat: "ollama",
  openai: "openai",
  openrouter: "openrouter",
  perplexity: "perplexity",
  together_ai: "together",
  vertex_ai: "vertex",
  xai: "xai",
  zai: "zai",
};
/** Speak OpenAI's API at an address of their own. */
const SERVERS = [
  "hosted_vllm",
  "openai_like",
  "custom_openai",
  "text-completion-openai",
  "litellm_proxy",
];
/** What those two call the address. */
const ADDRESS_OPTIONS: Readonly<Record<string, string>> = { ollama: "host" };

export interface Account {
  /** Weir's name of it. */
  readonly upstream: string;
  /** Its provider's name of the model. */
  readonly model: string;
  /** It stands below `compatible`, as Weir does not know it by name. */
  readonly isCompatible: boolean;
  readonly baseUrl?: string;
  readonly key?: string;
  /** What else its options are. */
  readonly options: JsonObject;
}

/** One entry of LiteLLM's list. */
export interface Deployment {
  readonly name: string;
  readonly account: Account;
  readonly params: JsonObject;
}

/** `undefined` where Weir knows neither the provider nor its address. */
export function accountOf(params: JsonObject): Account | undefined {
  const named = String(params.model ?? "");
  const [, prefix, rest] = LITELLM_MODEL.exec(named) ?? [];
  const provider = typeof params.custom_llm_provider === "string"
    ? params.custom_llm_provider
    : prefix ?? "openai";
  // Without a known provider before it, all of it is the model's name.
  const isPrefixed = prefix !== undefined &&
    (Object.hasOwn(UPSTREAMS, prefix) || SERVERS.includes(prefix));
  const model = isPrefixed ? rest ?? "" : named;
  const baseUrl = textOf(params.api_base) ?? textOf(params.base_url);
  const key = textOf(params.api_key);
  const upstream = Object.hasOwn(UPSTREAMS, provider) ? UPSTREAMS[provider] : undefined;
  const common = { model, ...(key !== undefined && { key }) };
  // OpenAI's API at another address is another server.
  if (upstream !== undefined && !(upstream === "openai" && baseUrl !== undefined)) {
    const apiVersion = textOf(params.api_version);
    const address = ADDRESS_OPTIONS[upstream];
    return {
      ...common,
      upstream,
      isCompatible: false,
      ...(baseUrl !== undefined && address === undefined && { baseUrl }),
      options: {
        ...(apiVersion !== undefined && { apiVersion }),
        ...(address !== undefined && baseUrl !== undefined && { [address]: baseUrl }),
      },
    };
  }
  if (baseUrl === undefined) return undefined;
  return { ...common, upstream: nameOf(baseUrl), isCompatible: true, baseUrl, options: {} };
}

/** A name that a server can be told by: its host's. */
function nameOf(baseUrl: string): string {
  const host = URL.parse(baseUrl)?.host ?? baseUrl;
  const name = host.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-").replaceAll(/^[-_]+|-+$/g, "");
  return name.slice(0, 64) || "server";
}

/** LiteLLM's `os.environ/NAME` is Weir's `${NAME}`. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const [, variable] = /^os\.environ\/(\w+)$/.exec(value) ?? [];
  return variable === undefined ? value : `\${${variable}}`;
}
