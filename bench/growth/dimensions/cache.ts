/** Answers that are kept to be given again. */

import { adminOf } from "../../../tests/support/admin.ts";
import type { Program } from "../../../tests/support/program.ts";
import {
  ask,
  AT_ONCE,
  CALLS,
  chat,
  type Dimension,
  startWeir,
  type Surroundings,
} from "../dimension.ts";
import { makeEach } from "../measure.ts";

const ROOMY_BYTES = 1_073_741_824;

async function startKeeping(
  maxBytes: number,
  { provider }: Surroundings,
  stack: AsyncDisposableStack,
): Promise<Program> {
  return await startWeir({
    env: {
      OPENAI_BASE_URL: provider.baseUrl("json", 300),
      CACHE: "on",
      CACHE_MODELS: "*",
      CACHE_MAX_BYTES: String(maxBytes),
    },
  }, stack);
}

const callOf = (weir: Program) => (index: number): Promise<void> =>
  ask(`${weir.url}/v1/chat/completions`, chat("m", `hello ${index}`));

async function held(weir: Program): Promise<{ readonly answers: number; readonly bytes: number }> {
  return (await adminOf(weir)("/cache", { key: null })).json;
}

const hits: Dimension = {
  name: "JSON call answered from the cache, answers that it keeps",
  unit: "answers",
  sizes: [1, 10, 100, 1_000, 10_000, 100_000],
  expected: "flat",
  why:
    "A look into a map by the hash of the request. An answer takes 2.6 KB of memory with all that is known of it.",
  start: async (size, surroundings, stack) => {
    const weir = await startKeeping(ROOMY_BYTES, surroundings, stack);
    await makeEach(size, AT_ONCE, callOf(weir));
    const { answers } = await held(weir);
    if (answers !== size) throw new Error(`${answers} answers are kept of ${size}`);
    const call = (index: number) => callOf(weir)(index * 7_919 % size);
    return { size, weir, calls: 2 * CALLS, atOnce: AT_ONCE, call };
  },
};

/** Each answer is one that is kept, for which another has to go. */
const full: Dimension = {
  name: "JSON call whose answer is kept, answers that the full cache has room for",
  unit: "answers",
  sizes: [100, 1_000, 10_000, 100_000],
  expected: "flat",
  why:
    "A sixty-fourth of the answers gives way at once, so that the oldest is not looked for each time. A hundred answers are gone before the young part of the heap is collected; of a thousand each is copied by its collections, which come half again as often.",
  start: async (size, surroundings, stack) => {
    const weir = await startKeeping(size * await bytesOfAnswer(surroundings), surroundings, stack);
    await makeEach(size + AT_ONCE, AT_ONCE, callOf(weir));
    const { answers } = await held(weir);
    // Those that give way do so some at once.
    if (answers > size || answers < 0.98 * size) {
      throw new Error(`${answers} answers are kept of ${size}`);
    }
    let next = size + AT_ONCE;
    return { size, weir, calls: CALLS, atOnce: AT_ONCE, call: () => callOf(weir)(next++) };
  },
};

async function bytesOfAnswer(surroundings: Surroundings): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const weir = await startKeeping(ROOMY_BYTES, surroundings, stack);
  await callOf(weir)(0);
  return (await held(weir)).bytes;
}

export const CACHE: readonly Dimension[] = [hits, full];
