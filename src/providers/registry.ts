/** Which upstreams are on, in the order in which they are asked: the first is the default. */

import * as z from "zod";
import type { Provider } from "../core/provider/provider.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./clouds/azure.ts";
import { bedrock } from "./clouds/bedrock.ts";
import { vertex } from "./clouds/vertex.ts";
import { chatjimmy } from "./chatjimmy.ts";
import { fake, fakeOptions } from "./fake.ts";
import { gemini } from "./gemini.ts";
import { ollama } from "./ollama/ollama.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./compatible/openai_compatible.ts";
import { openrouter } from "./openrouter.ts";
import { isPreset, PRESET_KINDS } from "./presets/preset_kind.ts";
import type { OptionVariable, ProviderKind } from "./provider_kind.ts";
import { readVeniceAddress, venice } from "./venice/venice.ts";

/**
 * One line a kind, in the order in which their upstreams are asked. A new one goes last: its key, which a
 * shell may hold for other programs, must not take over a default that stands. The fake LLM follows these.
 */
const BEFORE_FAKE = {
  openai,
  openrouter,
  venice,
  compatible: openaiCompatible,
  chatjimmy,
};
/** Kinds that came after people had upstreams of their own by such a name; those stand while these are off. */
const LATER = {
  gemini,
  ollama,
  azure,
  bedrock,
  vertex,
  ...PRESET_KINDS,
};
/** What the fake LLM goes before, for the same reason. */
const AFTER_FAKE = { anthropic, ...LATER };
const KINDS = { ...BEFORE_FAKE, ...AFTER_FAKE };

const settings = z.strictObject({
  default: z.string().min(1).optional().describe(
    "Name of the upstream that is asked first and takes the models that none lists; if not set, the first that is on: OpenAI, OpenRouter, Venice, then those of your own, in the order of the configuration file and after them by name those that only variables name, then chatjimmy, the fake LLM, Anthropic, Gemini, Ollama, Azure, Bedrock, Vertex, and those of docs/providers.md in their order.",
  ).meta({ variable: "DEFAULT_UPSTREAM" }),
  ...optionsOf(KINDS),
  fake: fakeOptions,
});

export type ProviderOptions = z.output<typeof settings>;

export const providerOptions = settings.superRefine(checkNames).prefault({});

/** The variables of all kinds; each option is a path within `upstreamOptions`. */
export const PROVIDER_VARIABLES: readonly OptionVariable[] = Object.entries(KINDS).flatMap(
  ([kind, { variables }]) =>
    variables.map(([name, option, form]): OptionVariable => [name, `${kind}.${option}`, form]),
);

/** Whether the fake LLM has to be started for these options. */
export function needsFake(options: ProviderOptions): boolean {
  if (options.fake.enabled !== "auto") return options.fake.enabled === "on";
  return providersOf(options, KINDS).length === 0;
}

/** @param fakeBaseUrl Where the embedded fake LLM listens, if it was started. */
export function createProviders(
  options: ProviderOptions,
  fakeBaseUrl: string | undefined,
): readonly Provider[] {
  const reason = options.fake.enabled === "on" ? "FAKE is on" : "no provider is configured";
  const providers = [
    ...providersOf(options, BEFORE_FAKE),
    ...(fakeBaseUrl === undefined ? [] : [fake(fakeBaseUrl, reason)]),
    ...providersOf(options, AFTER_FAKE),
  ];
  const isDefault = ({ name }: Provider): boolean => name === options.default;
  return [...providers.filter(isDefault), ...providers.filter((provider) => !isDefault(provider))];
}

function providersOf(
  options: ProviderOptions,
  kinds: Readonly<Record<string, ProviderKind>>,
): readonly Provider[] {
  const read = readVeniceAddress(options);
  return Object.entries(kinds).flatMap(([kind, { create }]) =>
    // One of the operator's own takes the name of a preset, as it did before there were any.
    isPreset(kind) && Object.hasOwn(options.compatible, kind)
      ? []
      : create(read[kind as keyof typeof KINDS]) // They are some of these.
  );
}

/** The options of each kind under the name of the kind. */
function optionsOf<Kinds extends Readonly<Record<string, ProviderKind>>>(kinds: Kinds) {
  const entries = Object.entries(kinds).map(([kind, { options }]) => [kind, options]);
  // What `Object.fromEntries` forgets: each key keeps its own value's options.
  return Object.fromEntries(entries) as { [Kind in keyof Kinds]: Kinds[Kind]["options"] };
}

function checkNames(options: ProviderOptions, { addIssue }: z.RefinementCtx): void {
  const builtIn = providersOf({ ...options, compatible: {} }, KINDS).map(({ name }) => name);
  for (const name of Object.keys(options.compatible)) {
    // Their names were free before there were any.
    if (isPreset(name)) continue;
    const isReserved = name === "fake" || Object.hasOwn(KINDS, name) && !Object.hasOwn(LATER, name);
    if (!isReserved && !builtIn.includes(name)) continue;
    const message = `the name "${name}" is taken by an upstream that is built in; choose another`;
    addIssue({ code: "custom", path: ["compatible", name, "baseUrl"], message });
  }
  const names = [
    ...providersOf(options, KINDS).map(({ name }) => name),
    ...(needsFake(options) ? ["fake"] : []),
  ];
  if (names.length === 0) {
    const message = "must not be off while no other upstream is on; set a provider's key";
    addIssue({ code: "custom", path: ["fake", "enabled"], message });
    return;
  }
  if (options.default === undefined || names.includes(options.default)) return;
  const message = `names no upstream that is on; these are: ${names.join(", ")}`;
  addIssue({ code: "custom", path: ["default"], message });
}
