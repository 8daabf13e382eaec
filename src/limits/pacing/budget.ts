/**
 * One limit of a provider, reckoned from what it says: what was left when it looked at a request, less what it may not
 * have seen by then.
 *
 * Two kinds of limits write the same headers. A window gives back all of it at one moment, a bucket some of it all
 * the time. Whoever takes a bucket for a window only waits for it to be full; whoever takes a window for a bucket
 * is refused. So it is a window until its end is seen to move.
 *
 * @module
 */

import type { LimitReading } from "./limit_readings.ts";

/** Numbers of a budget in memory that threads share. */
export const BUDGET_NUMBERS = 20;
const LIMIT = 0; // 0 where nothing is known.
/** By the provider's word, and when that came. */
const REMAINING = 1;
const TOLD_AT_MS = 2;
/** When the window ends, or the bucket is full, at the latest. */
const RESET_AT_MS = 3;
/** 1 where nobody has said yet when the present window ends. */
const IS_GUESSED = 4;
/** From one reset to the next. */
const WINDOW_MS = 5;
/** Given back in a millisecond; 0 for a window. */
const REFILL = 6;
/** Sent in all, how much of it nobody has answered, and how much of it is certainly counted in `REMAINING`. */
const SENT = 7;
const UNANSWERED = 8;
const COUNTED = 9;
/** `SENT` at a moment, at the one before it, and when the last one was. */
const SENT_BEFORE = 10;
const SENT_EARLIER = 11;
const LOOKED_AT_MS = 12;
/** Of the latest request that was answered: `SENT` with it, what was left, and when its answer came. */
const LAST_SENT = 13;
const LAST_REMAINING = 14;
const LAST_AT_MS = 15;
/** What was spent by the provider's word, and what by our own; and what by our own in the present window. */
const SPENT_BY_WORD = 16;
const SPENT_BY_US = 17;
const SPENT_IN_WINDOW = 18;
/** What a call may cost beyond what is expected of it, as a share of that. */
const MARGIN = 19;

/** Requests reach a provider in another order than they were sent, but hardly so much later. */
const LATE_MS = 250;
/** A bucket's end moves with each request, and clocks tremble. */
const TREMBLING_MS = 2;
/** How far a bucket is believed that says that there is more in it than was reckoned. */
const BELIEF = 0.1;
/** Of a bucket that is nearly full, its words tell its rate badly. */
const TELLING_SHARE = 0.05;
/** Bounds of what a provider may count for what we count as one. */
const MIN_RATIO = 0.01;
const MAX_RATIO = 4;
/**
 * The margin grows with each call that cost more than there was, and shrinks with each that did not, so that it
 * comes to rest where so few of them are refused.
 */
const MARGIN_STEP = 0.25;
const MAX_MARGIN = 2;
const REFUSED_SHARE = 0.004;

/** What is remembered with a request until it is answered. */
export interface Spent {
  readonly cost: number;
  /** Sent in all, with it; 0 where nothing was known yet. */
  readonly sent: number;
  /** How much of that the provider has certainly counted when it looks at this one. */
  readonly counted: number;
}

export const NOTHING_SPENT: Spent = { cost: 0, sent: 0, counted: 0 };

/** A view of one budget. Other threads change the memory, so that a lock is held around each call. */
export class Budget {
  readonly #numbers: Float64Array;
  readonly #at: number;
  /** What it costs is an estimate, and the provider counts otherwise. */
  readonly #isEstimated: boolean;

  constructor(numbers: Float64Array, at: number, isEstimated: boolean) {
    this.#numbers = numbers;
    this.#at = at;
    this.#isEstimated = isEstimated;
  }

  get isKnown(): boolean {
    return this.#get(LIMIT) > 0;
  }

  /** What is left of it now. */
  available(nowMs: number): number {
    this.#turnOver(nowMs);
    const refilled = this.#get(REFILL) * (nowMs - this.#get(TOLD_AT_MS));
    const left = Math.min(this.#get(LIMIT), this.#get(REMAINING) + refilled);
    const uncounted = Math.min(this.#get(UNANSWERED), this.#get(SENT) - this.#get(COUNTED));
    return left - Math.max(0, uncounted) * this.#ratio;
  }

  /**
   * Until there is room for `cost` and for what waits before it; 0 where there is. What is larger than all of it
   * goes when that is full.
   */
  waitMs(cost: number, before: number, nowMs: number): number {
    const limit = this.#get(LIMIT);
    if (limit === 0) return 0;
    const wanted = Math.min(cost * this.#ratio * (1 + this.#get(MARGIN)), limit) +
      before * this.#ratio;
    const needed = wanted - this.available(nowMs);
    // What tenths add up to may fall short of the whole by a rounding.
    if (needed <= 1e-6) return 0;
    const refill = this.#get(REFILL);
    if (refill > 0) return needed / refill;
    const windows = Math.floor(needed / limit - 1e-6);
    const resetMs = Math.max(1, this.#get(RESET_AT_MS) - nowMs);
    return resetMs + Math.max(0, windows) * this.#get(WINDOW_MS);
  }

  spend(cost: number, nowMs: number): Spent {
    const counted = this.#countedAt(nowMs);
    if (nowMs - this.#get(LOOKED_AT_MS) >= LATE_MS) {
      this.#set(SENT_EARLIER, this.#get(SENT_BEFORE));
      this.#set(SENT_BEFORE, this.#get(SENT));
      this.#set(LOOKED_AT_MS, nowMs);
    }
    const sent = this.#get(SENT) + cost;
    this.#set(SENT, sent);
    this.#set(UNANSWERED, this.#get(UNANSWERED) + cost);
    return { cost, sent, counted };
  }

  /** The request is answered, or never will be. */
  settle({ cost }: Spent): void {
    this.#set(UNANSWERED, Math.max(0, this.#get(UNANSWERED) - cost));
  }

  /**
   * @param sentMs When the request was sent that this is said to.
   * @param isServed It counts; one that was refused does not.
   */
  note(
    reading: LimitReading,
    spent: Spent,
    sentMs: number,
    nowMs: number,
    isServed: boolean,
  ): void {
    const { limit, remaining, resetMs } = reading;
    const isLatest = spent.sent >= this.#get(LAST_SENT);
    // Headers of an answer may be as old as its request, whose generation took its time.
    const toldMs = Math.min(nowMs, sentMs + LATE_MS);
    const isInWindow = limit === this.#get(LIMIT) && this.#get(IS_GUESSED) === 0 &&
      nowMs < this.#get(RESET_AT_MS);
    if (!isInWindow) this.#begin(reading, toldMs);
    else if (this.#isBucket(reading, sentMs)) this.#noteBucket(reading, spent, toldMs, isLatest);
    else if (!this.#noteWindow(reading, toldMs, isLatest)) return;
    if (isServed && this.#get(REFILL) === 0) {
      this.#set(SPENT_IN_WINDOW, this.#get(SPENT_IN_WINDOW) + spent.cost);
    }
    this.#set(WINDOW_MS, Math.max(this.#get(WINDOW_MS), resetMs));
    this.#set(COUNTED, Math.max(this.#get(COUNTED), spent.counted));
    if (!isLatest) return;
    this.#set(LAST_SENT, spent.sent);
    this.#set(LAST_REMAINING, remaining);
    this.#set(LAST_AT_MS, toldMs);
  }

  /** A request that there should have been room for was served, or there was none. */
  judge(isServed: boolean): void {
    const change = isServed ? -REFUSED_SHARE * MARGIN_STEP : MARGIN_STEP;
    this.#set(MARGIN, Math.max(0, Math.min(MAX_MARGIN, this.#get(MARGIN) + change)));
  }

  /** The provider has refused a request that there was room for: so it is no bucket. */
  doubt(): void {
    if (this.#get(REFILL) === 0) return;
    // What is spent of it was not counted as that of a window.
    const spent = (this.#get(LIMIT) - this.#get(REMAINING)) / this.#ratio;
    this.#set(REFILL, 0);
    this.#set(SPENT_IN_WINDOW, spent);
  }

  #tell(remaining: number, atMs: number): void {
    this.#set(REMAINING, remaining);
    this.#set(TOLD_AT_MS, atMs);
  }

  /** The first word on a window. */
  #begin({ limit, remaining, resetMs }: LimitReading, toldMs: number): void {
    if (this.#get(IS_GUESSED) === 0) this.#closeWindow();
    this.#set(LIMIT, limit);
    this.#set(IS_GUESSED, 0);
    this.#tell(remaining, toldMs);
    this.#set(RESET_AT_MS, toldMs + resetMs);
  }

  /** Returns whether it is of the present window. */
  #noteWindow(
    { remaining, resetMs, resolutionMs }: LimitReading,
    toldMs: number,
    isLatest: boolean,
  ): boolean {
    const endMs = toldMs + resetMs;
    if (!isLatest && endMs + resolutionMs + LATE_MS < this.#get(RESET_AT_MS)) return false;
    this.#tell(Math.min(remaining, this.#get(REMAINING)), toldMs);
    // It is the same for all answers, and the quickest of them tells it best.
    this.#set(RESET_AT_MS, Math.min(endMs, this.#get(RESET_AT_MS)));
    return true;
  }

  #noteBucket(reading: LimitReading, spent: Spent, toldMs: number, isLatest: boolean): void {
    const { limit, remaining, resetMs } = reading;
    if (isLatest) this.#compare(reading, spent, toldMs);
    const refilled = this.#get(REFILL) * (toldMs - this.#get(TOLD_AT_MS));
    const reckoned = Math.min(limit, this.#get(REMAINING) + refilled);
    // One that was overtaken does not know of what overtook it.
    if (remaining <= reckoned) this.#tell(remaining, toldMs);
    else if (isLatest) this.#tell(reckoned + BELIEF * (remaining - reckoned), toldMs);
    if (isLatest) this.#set(RESET_AT_MS, toldMs + resetMs);
    const used = limit - remaining;
    const isTelling = used >= TELLING_SHARE * limit || this.#get(REFILL) === 0;
    if (isTelling && used > 0 && resetMs > 0) this.#set(REFILL, used / resetMs);
  }

  #isBucket({ resetMs, resolutionMs }: LimitReading, sentMs: number): boolean {
    return this.#get(REFILL) > 0 ||
      sentMs + resetMs > this.#get(RESET_AT_MS) + resolutionMs + TREMBLING_MS;
  }

  /** What a bucket tells between two answers. Roundings cancel out in the sum. */
  #compare({ remaining }: LimitReading, { sent }: Spent, toldMs: number): void {
    const byUs = sent - this.#get(LAST_SENT);
    if (byUs <= 0) return;
    const refilled = this.#get(REFILL) * (toldMs - this.#get(LAST_AT_MS));
    this.#addSpent(this.#get(LAST_REMAINING) + refilled - remaining, byUs);
  }

  /** What a window tells at its end. */
  #closeWindow(): void {
    const byUs = this.#get(SPENT_IN_WINDOW);
    this.#set(SPENT_IN_WINDOW, 0);
    if (byUs > 0 && this.#get(REFILL) === 0) {
      this.#addSpent(this.#get(LIMIT) - this.#get(REMAINING), byUs);
    }
  }

  #addSpent(byWord: number, byUs: number): void {
    const kept = this.#get(SPENT_BY_US) > this.#get(LIMIT) ? 0.5 : 1;
    this.#set(SPENT_BY_WORD, kept * this.#get(SPENT_BY_WORD) + byWord);
    this.#set(SPENT_BY_US, kept * this.#get(SPENT_BY_US) + byUs);
  }

  /** What the provider counts for what we count as one. */
  get #ratio(): number {
    if (!this.#isEstimated) return 1;
    let byUs = this.#get(SPENT_BY_US);
    let byWord = this.#get(SPENT_BY_WORD);
    if (this.#get(REFILL) === 0) {
      byUs += this.#get(SPENT_IN_WINDOW);
      byWord += this.#get(LIMIT) - this.#get(REMAINING);
    }
    if (byUs === 0) return 1;
    return Math.max(MIN_RATIO, Math.min(MAX_RATIO, byWord / byUs));
  }

  /** Where the window is over, all of the next one is left, but for what may have come late. */
  #turnOver(nowMs: number): void {
    if (this.#get(REFILL) > 0 || nowMs < this.#get(RESET_AT_MS)) return;
    this.#closeWindow();
    this.#set(COUNTED, Math.max(this.#get(COUNTED), this.#countedAt(nowMs)));
    this.#tell(this.#get(LIMIT), nowMs);
    this.#set(RESET_AT_MS, nowMs + this.#get(WINDOW_MS));
    this.#set(IS_GUESSED, 1);
  }

  /** Of what was sent, all that is older than what may come late. */
  #countedAt(nowMs: number): number {
    const lookedMs = nowMs - this.#get(LOOKED_AT_MS);
    if (lookedMs >= 2 * LATE_MS) return this.#get(SENT);
    return this.#get(lookedMs >= LATE_MS ? SENT_BEFORE : SENT_EARLIER);
  }

  #get(place: number): number {
    return this.#numbers[this.#at + place] ?? 0;
  }

  #set(place: number, value: number): void {
    this.#numbers[this.#at + place] = value;
  }
}
