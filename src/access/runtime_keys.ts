/**
 * Keys that are made while the process runs: what the ledger keeps of each, as the body of an entity of the
 * kind `key`.
 *
 * @module
 */

import * as z from "zod";
import { keyBudget, keyHash, keyLimits, keyModels, keyName } from "./api_keys.ts";

const MAX_TAGS = 16;

const timeMs = z.int().min(0).max(8_640_000_000_000_000);

export const runtimeKeyBody = z.strictObject({
  name: keyName,
  hash: keyHash,
  previousHash: keyHash.optional().describe("What was its hash before it was rotated."),
  previousUntilMs: timeMs.optional().describe("Until when the previous one is taken as well."),
  limits: keyLimits,
  models: keyModels,
  expiresMs: timeMs.optional().describe("From then on it is refused."),
  disabled: z.boolean().default(false).describe("Refused until this is taken back."),
  team: keyName.describe("Whose calls its calls are summed up with.").optional(),
  owner: z.string().min(1).max(200).optional().describe("Whom to ask about it."),
  tags: z.record(keyName, z.string().max(200)).refine(
    (tags) => Object.keys(tags).length <= MAX_TAGS,
    `must be ${MAX_TAGS} tags or fewer`,
  ).optional().describe("Put on each of its calls; those that a request brings come first."),
  budget: keyBudget,
  createdMs: timeMs,
});

export type RuntimeKey = z.output<typeof runtimeKeyBody>;
