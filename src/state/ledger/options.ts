/** What the ledger keeps, and for how long; every bound has a default. */

import * as z from "zod";

const DAY_MS = 86_400_000;
const MAX_TAGS = 8;
/** What lets somebody in is nothing to sum up by. */
const TAG_SOURCE =
  /^(?!(?:authorization|proxy-authorization|cookie|x-api-key|api-key|x-goog-api-key|x-weir-key)$)(?:metadata\.[\w-]{1,64}|[\w-]{1,64})$/i;
const TAG_ERROR =
  "must be the name of a header that holds no credentials, or metadata. and the name of a member";

export const ledgerOptions = z.strictObject({
  callsMaxAgeMs: z.int().min(60_000).max(3_660 * DAY_MS).default(30 * DAY_MS).describe(
    "Age at which a call is dropped from the ledger; its sums stay.",
  ).meta({ variable: "LEDGER_CALLS_MAX_AGE_MS", needsRestart: true }),
  sumsMaxAgeMs: z.int().min(DAY_MS).max(36_600 * DAY_MS).optional().describe(
    "Age at which sums of calls are dropped; without it they are kept for ever.",
  ).meta({ variable: "LEDGER_SUMS_MAX_AGE_MS", needsRestart: true }),
  auditMaxAgeMs: z.int().min(DAY_MS).max(36_600 * DAY_MS).default(400 * DAY_MS).describe(
    "Age at which an entry of the audit trail is dropped.",
  ).meta({ variable: "LEDGER_AUDIT_MAX_AGE_MS", needsRestart: true }),
  maxBytes: z.int().min(1_048_576).max(1_099_511_627_776).default(21_474_836_480).describe(
    "Size of the database in `STATE` beyond which the oldest calls are dropped before their time; a million takes about a gigabyte.",
  ).meta({ variable: "LEDGER_MAX_BYTES", needsRestart: true }),
  maxCallsInMemory: z.int().min(1).max(1_000_000).default(10_000).describe(
    "Calls that are kept where the ledger lies in memory, which is without `STATE`.",
  ).meta({ variable: "LEDGER_MAX_CALLS_IN_MEMORY", needsRestart: true }),
  maxNames: z.int().min(1).max(100_000).default(5_000).describe(
    "Keys, teams, models, providers and surfaces, of each, that sums tell apart; more are counted as `(others)`.",
  ).meta({ variable: "LEDGER_MAX_NAMES", needsRestart: true }),
  maxTagValues: z.int().min(1).max(100_000).default(1_000).describe(
    "Values of one tag that sums tell apart; more are counted as `(others)`.",
  ).meta({ variable: "LEDGER_MAX_TAG_VALUES", needsRestart: true }),
  maxSeries: z.int().min(1).max(1_000_000).default(50_000).describe(
    "Combinations of key, team, model, provider, surface and tags that sums tell apart; of more, tags are counted as `(others)`, and then all but the key.",
  ).meta({ variable: "LEDGER_MAX_SERIES", needsRestart: true }),
  synchronous: z.enum(["normal", "full"]).default("normal").describe(
    "Whether SQLite waits for the disk at every batch (`full`); otherwise a loss of power may take the last ones with it, and the end of the process takes none.",
  ).meta({ variable: "LEDGER_SYNCHRONOUS", needsRestart: true }),
  tags: z.record(
    z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "must have names of letters, digits or . _ -"),
    z.string().regex(TAG_SOURCE, TAG_ERROR).transform((source) => source.toLowerCase()),
  ).refine((tags) => Object.keys(tags).length <= MAX_TAGS, `must be ${MAX_TAGS} tags or fewer`)
    .default({}).describe(
      "Tags by which calls are summed up besides, each with where its value stands: the name of a header, or `metadata.NAME` for a member of `metadata` in the body.",
    ).meta({ variable: "LEDGER_TAGS" }),
  keepBodies: z.array(z.string().min(1).max(200)).max(100).default([]).describe(
    "Names of keys whose calls the ledger keeps with their bodies, `*` for any text: the request as it came and as it was forwarded, and the answer, without the secrets that Weir knows. None if not set.",
  ).meta({ variable: "KEEP_BODIES" }),
  keepBodiesMaxBytes: z.int().min(1).max(16_777_216).default(65_536).describe(
    "Of each body that is kept, no more than its first bytes.",
  ).meta({ variable: "KEEP_BODIES_MAX_BYTES" }),
}).prefault({});

export type LedgerOptions = z.output<typeof ledgerOptions>;
