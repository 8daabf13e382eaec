/** What the configuration and the providers have many of: models, aliases, keys. */

import { hashOf } from "../../../src/access/keys/key_form.ts";
import type { Program } from "../../../tests/support/program.ts";
import { workingDirectory } from "../../../tests/support/working_directory.ts";
import { ask, AT_ONCE, CALLS, callsFor, chat, type Dimension, startWeir } from "../dimension.ts";
import { callWithKeys, keyOf } from "../many_keys.ts";
import type { Growth } from "../slopes.ts";
import { type GrowthProvider, modelName } from "../upstream.ts";

/** Two upstreams that list the same, so that a name has to be looked up. */
async function startWithModels(
  size: number,
  provider: GrowthProvider,
  stack: AsyncDisposableStack,
): Promise<Program> {
  return await startWeir({
    env: {
      OPENAI_BASE_URL: provider.baseUrl("models", 1),
      UPSTREAM_TWO_BASE_URL: provider.baseUrl("models", size),
    },
  }, stack);
}

function models(
  name: string,
  expected: Growth,
  why: string,
  callOf: (url: string, model: string) => Promise<void>,
  unitsARound = Infinity,
): Dimension {
  return {
    name,
    unit: "models",
    sizes: [10, 100, 1_000, 10_000],
    expected,
    why,
    start: async (size, { provider }, stack) => {
      const weir = await startWithModels(size, provider, stack);
      const call = (index: number) => callOf(weir.url, modelName(index * 7_919 % size));
      return { size, weir, calls: callsFor(size, unitsARound), atOnce: AT_ONCE, call };
    },
  };
}

const aliases: Dimension = {
  name: "JSON call, aliases in the configuration",
  unit: "aliases",
  sizes: [1, 10, 100, 1_000],
  expected: "flat",
  why: "A look into a map of all of them.",
  start: async (size, { provider }, stack) => {
    const names = Array.from({ length: size }, (_, index) => `alias-${index}=openai/m`).join(",");
    const env = { OPENAI_BASE_URL: provider.baseUrl("json", 300), MODEL_ALIASES: names };
    const weir = await startWeir({ env }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const call = (index: number) => ask(url, chat(`alias-${index * 7_919 % size}`));
    return { size, weir, calls: CALLS, atOnce: AT_ONCE, call };
  },
};

const keys: Dimension = {
  name: "JSON call, keys in the configuration, each with limits of its own",
  unit: "keys",
  sizes: [1, 10, 100, 1_000, 10_000, 100_000],
  expected: "flat",
  why:
    "A look into a table by the hash of the key, and one into the table of limits. Memory grows by about 4 KB a key: the configuration and what is made of it.",
  start: async (size, { provider }, stack) => {
    const entries = Array.from({ length: size }, (_, index) => ({
      name: `key-${index}`,
      hash: hashOf(keyOf(index)),
      limits: { v1: 1_000_000 },
    }));
    const config = JSON.stringify({ auth: { keys: entries } });
    const directory = stack.use(await workingDirectory({ "weir.jsonc": config }));
    const env = { OPENAI_BASE_URL: provider.baseUrl("json", 300) };
    const weir = await startWeir({ env, cwd: directory.path }, stack);
    const call = callWithKeys(weir, size);
    return { size, weir, calls: 2 * CALLS, atOnce: AT_ONCE, call };
  },
};

export const CONFIGURATION: readonly Dimension[] = [
  models(
    "JSON call, models listed upstream",
    "flat",
    "A look into the set of each upstream's names.",
    (url, model) => ask(`${url}/v1/chat/completions`, chat(model)),
  ),
  models(
    "GET /v1/models",
    "linear",
    "The answer is as long as there are models: a megabyte of 10,000. On a machine with less to do it was linear on 2026-11-21, 5.8 ms of 10,000; what makes it more has not been looked into.",
    (url) => ask(`${url}/v1/models`),
    200_000,
  ),
  models(
    "GET /v1/models/ID",
    "linear",
    "A fixed part, then a look at each model: whether the caller may have it, and whether it is the one.",
    (url, model) => ask(`${url}/v1/models/${model}`),
    400_000,
  ),
  aliases,
  keys,
];
