/** The text of a call that is searched: its ids, names, codes and causes. */

import type { CallRecord } from "../../core/ledger/call_record.ts";
import { type Dimensions, NAMED_DIMENSIONS } from "./sums/dimensions.ts";

const MAX_SEARCHED_CHARACTERS = 2_000;

/** Members of the line, as the log has them. */
const SEARCHED_MEMBERS = [
  "request_id",
  "trace_id",
  "upstream_request_id",
  "served_model",
  "key",
  "code",
  "reason",
  "cause",
  "failed_targets",
];

/** But for its dimensions, which are searched by themselves. */
export function searchTextOf(record: CallRecord, dimensions: Dimensions): string {
  const { line, attempts } = record;
  const texts = SEARCHED_MEMBERS.map((name) => line[name]);
  // Names that are counted among others.
  if (line["model"] !== dimensions.model) texts.push(line["model"]);
  if (line["principal"] !== dimensions.key) texts.push(line["principal"]);
  if (attempts.length > 1 || line["outcome"] !== "complete") {
    for (const { provider, model, key, cause } of attempts) {
      texts.push(provider, model, key, cause);
    }
  }
  const told = new Set(texts.filter((text) => typeof text === "string" && text !== ""));
  // Postgres takes no NUL in a text.
  return [...told].join("\n").slice(0, MAX_SEARCHED_CHARACTERS).replaceAll("\0", "");
}

/** Whether one of the names that are counted has a text, in whatever case. */
export function haveText(dimensions: Dimensions, text: string): boolean {
  const wanted = text.toLowerCase();
  return NAMED_DIMENSIONS.some((name) => dimensions[name].toLowerCase().includes(wanted)) ||
    dimensions.tags.some(([, value]) => value.toLowerCase().includes(wanted));
}

export function hasText(record: CallRecord, dimensions: Dimensions, text: string): boolean {
  return haveText(dimensions, text) || record.uid.includes(text) ||
    searchTextOf(record, dimensions).toLowerCase().includes(text.toLowerCase());
}
