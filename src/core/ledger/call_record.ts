/**
 * What the ledger keeps of a finished call. All of it can be written as JSON and sent to another thread.
 *
 * @module
 */

import type { JsonObject } from "../text/json.ts";

/** What one request to a provider, or a whole call, cost. */
export interface Cost {
  /** US dollars; `null` where nobody knows, which is not 0. */
  readonly usd: number | null;
  /** Of tokens that were counted by Weir, or of a part of them, because the provider never told. */
  readonly isEstimated: boolean;
}

/** Nothing was charged. */
export const NO_COST: Cost = { usd: 0, isEstimated: false };

/** What is unknown makes a sum unknown. */
export function addCosts(left: Cost, right: Cost): Cost {
  const isEstimated = left.isEstimated || right.isEstimated;
  const usd = left.usd === null || right.usd === null ? null : left.usd + right.usd;
  return { usd, isEstimated };
}

/** A millionth of a millionth of a dollar is the last digit that is told of a cost. */
const COST_DIGITS = 12;

/** As it is told: without the rest that sums of binary fractions leave. */
export function roundedUsd(usd: number): number {
  return Math.round(usd * 10 ** COST_DIGITS) / 10 ** COST_DIGITS;
}

/** The same of a cost that may be unknown. */
export function shownUsd<Unknown extends null | undefined>(
  usd: number | Unknown,
): number | Unknown {
  return typeof usd === "number" ? roundedUsd(usd) : usd;
}

/** The same without an exponent. */
export function usdText(usd: number): string {
  return usd.toFixed(COST_DIGITS).replace(/\.?0+$/, "");
}

/** One request to a provider. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  /** Name of the provider's key, where it has several. */
  readonly key?: string;
  /** From the call's arrival to when it was sent. */
  readonly sentMs: number;
  /** From the call's arrival to when its answer was over, or it failed. */
  readonly endedMs: number;
  /** Of the provider's answer; absent where there was none. */
  readonly status?: number;
  /** What it came to: an outcome's kind, or `abandoned` where another was faster. */
  readonly outcome: string;
  /** Why it failed, in a sentence without secrets. */
  readonly cause?: string;
  readonly cost: Cost;
}

/** Attempts of one call that are kept. */
export const MAX_ATTEMPTS_KEPT = 16;

/** Bodies of a call, redacted and bounded, where the configuration has them kept. */
export interface KeptBodies {
  readonly request?: string;
  readonly forwarded?: string;
  readonly answer?: string;
}

/** Takes the bodies of one call on their way. Never throws, and holds no more of each than is kept. */
export interface BodyKeeper {
  /** The body of a request to a provider; of several, the last. */
  readonly forwarded: (body: Uint8Array<ArrayBuffer>) => void;
  /** What is kept, once the call is over. */
  readonly kept: () => KeptBodies;
}

export interface CallRecord {
  /** Of this call alone, on any machine: see `callUid`. */
  readonly uid: string;
  /** Milliseconds since the Unix epoch. */
  readonly endedMs: number;
  /** The members of the log's line, by their names there: `request_id`, `principal`, `model`, `cost`... */
  readonly line: JsonObject;
  readonly team?: string;
  /** Name and value of each tag that the configuration takes from requests. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly attempts: readonly AttemptRecord[];
  /** `null` where it is not known. */
  readonly costUsd: number | null;
  readonly isEstimated: boolean;
  readonly bodies?: KeptBodies;
}

/** Base 36, which has so many digits until the year 2059. */
const TIME_DIGITS = 8;
const UID = /^[0-9a-z]{8}-[0-9A-Za-z]{1,32}-[0-9a-z]{1,12}$/;

/**
 * Names a call. It begins with the time of its end, so that a store of millions finds it without an index
 * of their names.
 *
 * @param process A name of letters and digits that no other process has, nor this one after a restart.
 * @param count Which of the process's calls it is.
 */
export function callUid(endedMs: number, process: string, count: number): string {
  const time = Math.floor(endedMs).toString(36).padStart(TIME_DIGITS, "0");
  return `${time}-${process}-${count.toString(36)}`;
}

/** When the call of that name ended; `undefined` where it is no such name. */
export function endOfUid(uid: string): number | undefined {
  return UID.test(uid) ? Number.parseInt(uid.slice(0, TIME_DIGITS), 36) : undefined;
}
