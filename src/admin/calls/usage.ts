/** `GET /usage`: what was used and what it cost, by whatever is asked for, as JSON or CSV. */

import * as z from "zod";
import type { Ledger } from "../../core/ledger/ledger.ts";
import type { UsageGroup, UsageRow, UsageSums } from "../../core/ledger/ledger_store.ts";
import { isTimeZone } from "../../limits/budgets/periods.ts";
import { askStore } from "../api/ask_store.ts";
import { countParameter, filterOf, filterParameters } from "../api/filters.ts";
import { type AdminRoute, json, route } from "../api/route.ts";
import { csvOf } from "./usage_csv.ts";

const MAX_GROUPS = 3;
const DEFAULT_ROWS = 1_000;
const MAX_ROWS = 10_000;
const GROUP = /^(?:day|hour|key|team|model|provider|surface|tag:[^\s,]{1,64})$/;
const GROUPS =
  `must be up to ${MAX_GROUPS} of day, hour, key, team, model, provider, surface and tag:NAME, each once`;

const query = z.strictObject({
  group: z.string().default("day").transform((text) => text.split(","))
    .refine((groups) => groups.length <= MAX_GROUPS, GROUPS)
    .refine((groups) => groups.every((group) => GROUP.test(group)), GROUPS)
    .refine((groups) => new Set(groups).size === groups.length, GROUPS)
    .describe(
      "What each row is for: `day`, `hour`, `key`, `team`, `model`, `provider`, `surface`, `tag:NAME`, or up to three of them with commas between.",
    ),
  ...filterParameters,
  time_zone: z.string().max(64).refine(isTimeZone, "must be a name such as Europe/Berlin or UTC")
    .default("UTC").describe("Where a day begins."),
  limit: countParameter(1, MAX_ROWS).optional()
    .describe(`Most rows, 1 to ${MAX_ROWS}; ${DEFAULT_ROWS} if not given.`),
  format: z.enum(["json", "csv"]).default("json"),
});

const count = z.int().min(0);

export const usageSums = z.object({
  calls: count,
  failed: count.describe("Calls that are not complete."),
  input_tokens: count,
  output_tokens: count,
  cached_tokens: count,
  reasoning_tokens: count,
  cost: z.number().nullable()
    .describe("US dollars of the calls whose cost is known; null where that is none of them."),
  unpriced: count.describe("Calls whose cost is not known."),
  estimated: count.describe("Calls whose cost is estimated."),
});

export type ShownSums = z.output<typeof usageSums>;

const usageRow = usageSums.catchall(z.string()).describe(
  "One member more for each group, by its name, with its value as a text: empty where a call has none.",
);

export function usageRoute({ store }: Pick<Ledger, "store">): AdminRoute {
  return route<z.output<typeof query>>({
    method: "GET",
    path: "/usage",
    role: "read",
    summary: "Calls, tokens and cost, summed up by day, key, model and more",
    query,
    answer: {
      status: 200,
      meaning: "A row for each group, and the sum of all; in time, or the dearest first",
      schema: z.object({
        data: z.array(usageRow),
        total: usageSums,
        is_partial: z.boolean().describe("There are more rows than were asked for."),
      }),
      mediaTypes: ["text/csv"],
    },
    handle: async ({ query: { group, time_zone: timeZone, limit, format, ...filter } }) => {
      const groups = group as UsageGroup[];
      const asked = { ...filterOf(filter), groups, timeZone };
      const rows = inOrder(await askStore(store.usage(asked)), groups);
      const data = rows.slice(0, limit ?? DEFAULT_ROWS).map((row) => ({
        ...Object.fromEntries(groups.map((name, index) => [name, row.group[index] ?? ""])),
        ...shownSums(row),
      }));
      const isPartial = rows.length > data.length;
      if (format === "csv") return csvAnswer(csvOf([...groups, ...SUM_NAMES], data), isPartial);
      return json({ data, total: shownSums(totalOf(rows)), is_partial: isPartial });
    },
  });
}

const SUM_NAMES = Object.keys(usageSums.shape);

export function shownSums(sums: UsageSums): ShownSums {
  const { calls, failed, unpriced, estimated } = sums;
  return {
    calls,
    failed,
    input_tokens: sums.inputTokens,
    output_tokens: sums.outputTokens,
    cached_tokens: sums.cachedTokens,
    reasoning_tokens: sums.reasoningTokens,
    cost: calls > 0 && unpriced >= calls ? null : roundedSum(sums.costUsd),
    unpriced,
    estimated,
  };
}

/** Coarser than a single cost is told: a sum of many doubles is wrong beyond a billionth of a dollar. */
function roundedSum(usd: number): number {
  return Number(usd.toFixed(9));
}

export function totalOf(rows: readonly UsageSums[]): UsageSums {
  const sumOf = (name: keyof UsageSums): number => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    calls: sumOf("calls"),
    failed: sumOf("failed"),
    inputTokens: sumOf("inputTokens"),
    outputTokens: sumOf("outputTokens"),
    cachedTokens: sumOf("cachedTokens"),
    reasoningTokens: sumOf("reasoningTokens"),
    costUsd: sumOf("costUsd"),
    unpriced: sumOf("unpriced"),
    estimated: sumOf("estimated"),
  };
}

/** In time where that is the first group, else the dearest first. */
function inOrder(rows: readonly UsageRow[], [first]: readonly UsageGroup[]): readonly UsageRow[] {
  const isInTime = first === "day" || first === "hour";
  return rows.toSorted((left, right) => {
    const [leftValue = "", rightValue = ""] = [left.group[0], right.group[0]];
    if (isInTime && leftValue !== rightValue) return leftValue < rightValue ? -1 : 1;
    return right.costUsd - left.costUsd || right.calls - left.calls;
  });
}

function csvAnswer(text: string, isPartial: boolean): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="usage.csv"',
      // There is no room in the table for it.
      ...(isPartial && { "x-weir-warning": "There are more rows than were asked for" }),
    },
  });
}
