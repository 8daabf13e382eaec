/** The keys that the configuration lists: each a hash, and what its holder may do. */

import * as z from "zod";
import { ANONYMOUS, type Principal } from "../../core/principal.ts";
import { ownBudgetOption } from "../../limits/budgets/budget_options.ts";

const MAX_KEYS = 100_000;
/** Who has `PROXY_API_KEY`. */
export const DEFAULT_KEY_NAME = "default";
/** Who calls from the console, where no key is named. */
export const CONSOLE_NAME = "console";
/** Names that no key may have. */
export const TAKEN_NAMES: readonly string[] = [ANONYMOUS.name, DEFAULT_KEY_NAME, CONSOLE_NAME];

const MODELS = "must be 1 to 100 names of 1 to 200 characters";

const requests = z.int().min(0).max(1_000_000).optional();

const ownLimits = z.strictObject({
  service: requests.describe("Requests to the OpenRouter service in its window; 0 is no limit."),
  inference: requests.describe("Those of them that cost money."),
  websocket: requests.describe("WebSocket connections a minute."),
  v1: requests.describe("Requests to OpenAI's API and what is handed through, in its window."),
  tokensPerMinute: z.int().min(0).max(1_000_000_000).optional().describe("Tokens a minute."),
  maxConcurrentRequests: requests.describe("Requests at once, streams until their end."),
});

const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/;
const NAME_ERROR = "must be up to 64 letters, digits or . _ - @, a letter or digit first";

export const keyName = z.string().regex(NAME, NAME_ERROR).describe(
  "Name of its holder, for the log and the limits.",
);

export const keyHash = z.string().regex(
  /^sha256:[0-9a-f]{64}$/,
  "must be sha256: and 64 hexadecimal digits, as `weir key new` prints it",
).describe("What is kept of the key: `sha256:` and its SHA-256.");

export const keyLimits = ownLimits.prefault({}).describe(
  "Limits of its own in place of those for all.",
);

export const keyModels = z.array(z.string().min(1, MODELS).max(200, MODELS)).min(1, MODELS).max(
  100,
  MODELS,
).optional().describe(
  "Names of models that it may call, `*` for any text; all if not set. What is handed through is then refused.",
);

export const keyExpires = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a date such as 2030-12-31 or a time such as 2030-12-31T12:00:00Z",
}).optional().describe("From then on it is refused; a date alone is its beginning in UTC.");

export const keyTeam = z.string().regex(NAME, NAME_ERROR).optional().describe(
  "Whose calls its calls are summed up with, and whose budget they count against.",
);

export const keyBudget = ownBudgetOption.optional().describe("What it may spend.");

const keyOptions = z.strictObject({
  name: keyName,
  hash: keyHash,
  limits: keyLimits,
  models: keyModels,
  team: keyTeam,
  budget: keyBudget,
  expires: keyExpires,
  disabled: z.boolean().default(false).describe("Refuse it until this is taken out again."),
});

export const keyListOptions = z.array(keyOptions).max(MAX_KEYS).default([]).superRefine(checkUnique)
  .describe("Named keys, each as `weir key new` prints it.");

export type KeyOptions = z.output<typeof keyOptions>;

/** What is known of a key. */
export interface ApiKey {
  readonly principal: Principal;
  /** `Clock.epochMs` from which it is refused. */
  readonly expiresMs: number | undefined;
  readonly isDisabled: boolean;
  /** Refused for good, and told so. */
  readonly isWithdrawn?: boolean;
}

/** By digest, so that a lookup takes the same time however many there are. */
export function createKeyTable(keys: readonly KeyOptions[]): ReadonlyMap<string, ApiKey> {
  return new Map(keys.map((key) => [digestOf(key.hash), apiKeyOf(key)]));
}

/** What is written of a key, in the configuration or at run time. */
interface WrittenKey extends Omit<KeyOptions, "hash" | "budget"> {
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export function apiKeyOf(key: WrittenKey): ApiKey {
  const { name, limits, models, team, tags, expires, disabled: isDisabled } = key;
  const principal = {
    name,
    hasKey: true,
    limits,
    models,
    ...(team !== undefined && { team }),
    ...(tags !== undefined && { tags }),
  };
  const expiresMs = expires === undefined ? undefined : Date.parse(expires);
  return { principal, expiresMs, isDisabled };
}

/** The digest in what is kept of a key. */
export function digestOf(hash: string): string {
  return hash.slice("sha256:".length);
}

function checkUnique(keys: readonly KeyOptions[], { addIssue }: z.RefinementCtx): void {
  const names = new Set(TAKEN_NAMES);
  const hashes = new Set<string>();
  for (const [index, { name, hash }] of keys.entries()) {
    if (names.has(name)) {
      const message = `the name "${name}" is taken; choose another`;
      addIssue({ code: "custom", path: [index, "name"], message });
    }
    if (hashes.has(hash)) {
      const message = "is the hash of a key above; each key has one name";
      addIssue({ code: "custom", path: [index, "hash"], message });
    }
    names.add(name);
    hashes.add(hash);
  }
}
