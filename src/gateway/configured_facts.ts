/** What the configuration tells of models, which wins over their lists: many tell nothing. */

import * as z from "zod";
import type { ModelFacts } from "../core/provider/model_facts.ts";

const MAX_NAMES = 1_000;
const tokens = z.int().min(1).max(1_000_000_000).optional();

const facts = z.strictObject({
  contextTokens: tokens.describe("What prompt and answer may have together."),
  maxOutputTokens: tokens.describe("What an answer may have."),
  tools: z.boolean().optional().describe("It calls tools."),
  vision: z.boolean().optional().describe("It reads images."),
  thinking: z.boolean().optional().describe("It thinks before it answers."),
  embedding: z.boolean().optional().describe("It makes vectors of texts, and no answers."),
});

export const modelFactsOption = z.record(z.string().min(1).max(256), facts).refine(
  (named) => Object.keys(named).length <= MAX_NAMES,
  `must be ${MAX_NAMES} at the most`,
).default({}).describe(
  "What models are and can do, by the name that clients ask for: `model`, `upstream/model` or an alias. It is told in every list of models, in place of what an upstream's list tells.",
);

export type ConfiguredFacts = z.output<typeof modelFactsOption>;

/** What is told of one name. */
export function configuredFacts(named: ConfiguredFacts, name: string): ModelFacts {
  return Object.hasOwn(named, name) ? named[name] ?? {} : {};
}
