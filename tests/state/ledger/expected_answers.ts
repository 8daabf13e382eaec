/** What a ledger should answer, found the slow way: by looking at each call, and without its code. */

import type { CallRecord } from "../../../src/core/ledger/call_record.ts";
import type {
  CallFilter,
  CallsQuery,
  UsageGroup,
  UsageQuery,
  UsageRow,
} from "../../../src/core/ledger/ledger_store.ts";
import { HOUR_MS } from "./recorded_calls.ts";

interface Counted {
  readonly record: CallRecord;
  readonly provider: string;
  readonly costUsd: number;
  readonly isOwn: boolean;
}

/** Each call where it ended, and what each other provider charged for it. */
function counted(record: CallRecord): Counted[] {
  const own = String(record.line["upstream"]);
  const costs = new Map<string, number>([[own, 0]]);
  for (const { provider, cost } of record.attempts) {
    costs.set(provider, (costs.get(provider) ?? 0) + (cost.usd ?? 0));
  }
  return [...costs].filter(([provider, usd]) => provider === own || usd > 0)
    .map(([provider, costUsd]) => ({ record, provider, costUsd, isOwn: provider === own }));
}

function isMeant({ record, provider }: Counted, filter: CallFilter): boolean {
  const { line, team, tags } = record;
  if (filter.key !== undefined && line["principal"] !== filter.key) return false;
  if (filter.team !== undefined && (team ?? "") !== filter.team) return false;
  if (filter.model !== undefined && line["model"] !== filter.model) return false;
  if (filter.provider !== undefined && provider !== filter.provider) return false;
  if (filter.surface !== undefined && line["surface"] !== filter.surface) return false;
  return filter.tag === undefined || (tags?.[filter.tag[0]] ?? "") === filter.tag[1];
}

function groupOf({ record, provider }: Counted, group: UsageGroup, timeZone: string): string {
  const { line, team, tags, endedMs } = record;
  switch (group) {
    case "hour":
      return new Date(endedMs - endedMs % HOUR_MS).toISOString();
    case "day":
      return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(endedMs);
    case "key":
      return String(line["principal"]);
    case "team":
      return team ?? "";
    case "model":
    case "surface":
      return String(line[group]);
    case "provider":
      return provider;
    default:
      return tags?.[group.slice(4)] ?? "";
  }
}

export function expectedUsage(records: readonly CallRecord[], query: UsageQuery): UsageRow[] {
  const { fromMs = 0, untilMs = Infinity, groups, timeZone } = query;
  const rows = new Map<string, MutableRow>();
  for (const each of records.flatMap(counted)) {
    const { record, costUsd, isOwn } = each;
    const { endedMs, line } = record;
    const startMs = fromMs - fromMs % HOUR_MS;
    if (endedMs < startMs || endedMs >= Math.ceil(untilMs / HOUR_MS) * HOUR_MS) continue;
    if (!isMeant(each, query)) continue;
    const group = groups.map((name) => groupOf(each, name, timeZone));
    const key = JSON.stringify(group);
    const row = rows.get(key) ?? emptyRow(group);
    rows.set(key, row);
    row.costUsd += costUsd;
    if (!isOwn) continue;
    row.calls++;
    if (line["outcome"] !== "complete") row.failed++;
    row.inputTokens += Number(line["input_tokens"] ?? 0);
    row.outputTokens += Number(line["output_tokens"] ?? 0);
    row.cachedTokens += Number(line["cached_tokens"] ?? 0);
    row.reasoningTokens += Number(line["reasoning_tokens"] ?? 0);
    if (record.costUsd === null) row.unpriced++;
    if (record.isEstimated) row.estimated++;
  }
  const compare = ({ group: left }: UsageRow, { group: right }: UsageRow) => {
    const at = left.findIndex((text, index) => text !== right[index]);
    return at === -1 ? 0 : left[at]! < right[at]! ? -1 : 1;
  };
  return [...rows.values()].sort(compare);
}

type MutableRow = { -readonly [Name in keyof UsageRow]: UsageRow[Name] };

function emptyRow(group: readonly string[]): MutableRow {
  const tokens = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, reasoningTokens: 0 };
  return { group, calls: 0, failed: 0, ...tokens, costUsd: 0, unpriced: 0, estimated: 0 };
}

/** All of them on one page. */
export function expectedCalls(
  records: readonly CallRecord[],
  query: Omit<CallsQuery, "limit" | "cursor">,
): CallRecord[] {
  const { fromMs = 0, untilMs = Infinity, outcome, status, text } = query;
  return records.filter((record) => {
    const { endedMs, line } = record;
    if (endedMs < fromMs || endedMs >= untilMs) return false;
    const provider = String(line["upstream"]);
    if (!isMeant({ record, provider, costUsd: 0, isOwn: true }, query)) return false;
    if (outcome !== undefined && line["outcome"] !== outcome) return false;
    const own = String(line["status"]);
    if (status !== undefined && !own.startsWith(String(status))) return false;
    return text === undefined || JSON.stringify(record).toLowerCase().includes(text.toLowerCase());
  }).reverse();
}
