/**
 * Keys that are made while the process runs: what the ledger keeps of each, as the body of an entity of the
 * kind `key`, and those in force by their digests.
 *
 * @module
 */

import * as z from "zod";
import type { LedgerEntities } from "../../core/ledger/ledger.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import {
  type ApiKey,
  apiKeyOf,
  digestOf,
  keyBudget,
  keyExpires,
  keyHash,
  keyLimits,
  keyModels,
  keyName,
  keyTeam,
  TAKEN_NAMES,
} from "./api_keys.ts";

const MAX_TAGS = 16;

const timeMs = z.int().min(0).max(8_640_000_000_000_000);

export const runtimeKeyBody = z.strictObject({
  name: keyName,
  hash: keyHash,
  previousHash: keyHash.optional().describe("Its hash before it was rotated."),
  previousUntilMs: timeMs.optional().describe("Until when the one before is taken as well."),
  limits: keyLimits,
  models: keyModels,
  expires: keyExpires,
  disabled: z.boolean().default(false).describe("Refused until this is taken back."),
  withdrawnMs: timeMs.optional().describe("Refused for good since then; its name is free again."),
  team: keyTeam,
  owner: z.string().min(1).max(200).optional().describe("Whom to ask about it."),
  tags: z.record(keyName, z.string().max(200)).refine(
    (tags) => Object.keys(tags).length <= MAX_TAGS,
    `must be ${MAX_TAGS} tags or fewer`,
  ).optional().describe("Put on each of its calls; those that a request brings win."),
  budget: keyBudget,
  createdMs: timeMs.default(0),
});

export type RuntimeKey = z.output<typeof runtimeKeyBody>;

/** Keys at run time as they are in force. */
export interface RuntimeKeys {
  /** By digest; `undefined` for one that was never any. */
  readonly find: (digest: string) => ApiKey | undefined;
  /** One that was not withdrawn. */
  readonly findNamed: (name: string) => ApiKey | undefined;
  /** Grows when what `find` answers may have changed. */
  readonly version: number;
  /**
   * Whether any was ever made, withdrawn ones included: who takes the last key away wants nobody to call
   * any more, and not everybody. `unknown` while the ledger cannot be read.
   */
  readonly state: "none" | "some" | "unknown";
}

/** Where there is no ledger. */
export const NO_RUNTIME_KEYS: RuntimeKeys = {
  find: () => undefined,
  findNamed: () => undefined,
  version: 0,
  state: "none",
};

export class RuntimeKeyTable implements RuntimeKeys {
  readonly #entities: LedgerEntities;
  #keys: ReadonlyMap<string, ApiKey> = new Map();
  #named: ReadonlyMap<string, ApiKey> = new Map();
  #count = 0;
  version = 0;

  /** Follows the entities from now on. */
  constructor(entities: LedgerEntities) {
    this.#entities = entities;
    entities.onChange(() => this.#read());
    this.#read();
  }

  get state(): RuntimeKeys["state"] {
    if (this.#count > 0) return "some";
    return this.#entities.isKnown ? "none" : "unknown";
  }

  find(digest: string): ApiKey | undefined {
    return this.#keys.get(digest);
  }

  findNamed(name: string): ApiKey | undefined {
    return this.#named.get(name);
  }

  #read(): void {
    const entities = this.#entities.of("key");
    this.#count = entities.length;
    this.#keys = keysInForce(entities);
    const keys = [...this.#keys.values()].filter(({ isWithdrawn }) => !isWithdrawn);
    // The newest of a rotated one comes last.
    this.#named = new Map(keys.map((key) => [key.principal.name, key]));
    this.version++;
  }
}

function keysInForce(entities: readonly Entity[]): ReadonlyMap<string, ApiKey> {
  const keys = new Map<string, ApiKey>();
  const names = new Set(TAKEN_NAMES);
  // Two machines may have made keys of one name at the same time; which one wins is the same everywhere.
  for (const { body } of [...entities].sort(byId)) {
    // A newer version may have written what this one cannot judge: such a key is none.
    const parsed = runtimeKeyBody.safeParse(body);
    if (!parsed.success) continue;
    const key = parsed.data;
    const isWithdrawn = key.withdrawnMs !== undefined;
    if (!isWithdrawn && names.has(key.name)) continue;
    if (!isWithdrawn) names.add(key.name);
    addKey(keys, key);
  }
  return keys;
}

function byId(left: Entity, right: Entity): number {
  return left.id < right.id ? -1 : 1;
}

function addKey(keys: Map<string, ApiKey>, key: RuntimeKey): void {
  const inForce: ApiKey = { ...apiKeyOf(key), isWithdrawn: key.withdrawnMs !== undefined };
  const { previousHash, previousUntilMs } = key;
  if (previousHash !== undefined && previousUntilMs !== undefined) {
    const expiresMs = Math.min(previousUntilMs, inForce.expiresMs ?? previousUntilMs);
    keys.set(digestOf(previousHash), { ...inForce, expiresMs });
  }
  keys.set(digestOf(key.hash), inForce);
}
