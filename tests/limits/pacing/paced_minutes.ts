/**
 * Plays minutes of overload against a provider with limits, on a clock that jumps from one event to the next.
 *
 * @module
 */

import type { Call } from "../../../src/core/call.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { Turn } from "../../../src/core/provider/pacing.ts";
import type { Provider } from "../../../src/core/provider/provider.ts";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { createLaneMemory, LaneTable } from "../../../src/limits/pacing/lane_table.ts";
import { Pacer } from "../../../src/limits/pacing/pacer.ts";
import { pacingOptions } from "../../../src/limits/pacing/pacing_options.ts";

interface PlayedEvent {
  readonly atMs: number;
  readonly run: () => void;
}

/** Runs events in the order of their time. */
class PlayedClock implements Clock {
  #atMs = 1_000;
  /** The last is the next. */
  readonly #events: PlayedEvent[] = [];

  readonly nowMs = (): number => this.#atMs;
  readonly epochMs = (): number => 1_700_000_000_000 + this.#atMs;
  readonly schedule = (delayMs: number, run: () => void): () => void => {
    const event = { atMs: this.#atMs + Math.max(0, delayMs), run };
    const later = this.#events.findLastIndex(({ atMs }) => atMs > event.atMs);
    this.#events.splice(later + 1, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  };

  /** Until nothing is left to happen. */
  async play(): Promise<void> {
    for (let next = this.#events.pop(); next !== undefined; next = this.#events.pop()) {
      this.#atMs = next.atMs;
      next.run();
      // What waits for a promise goes on before time does.
      for (let turn = 0; turn < 5; turn++) await undefined;
    }
  }
}

/** A limit of the provider's, which `left` is left of. */
class PlayedLimit {
  left: number;
  endMs = 0;
  #lookedMs = 0;

  constructor(readonly limit: number, readonly minuteMs: number, readonly kind: string) {
    this.left = limit;
  }

  look(nowMs: number): void {
    if (this.kind === "bucket") {
      this.left += (nowMs - this.#lookedMs) / this.minuteMs * this.limit;
      this.left = Math.min(this.limit, this.left);
    } else if (nowMs >= this.endMs) {
      this.left = this.limit;
      // Begins with the first request, or with the minute of the clock.
      const begunMs = this.kind === "aligned" ? nowMs - nowMs % this.minuteMs : nowMs;
      this.endMs = begunMs + this.minuteMs;
    }
    this.#lookedMs = nowMs;
  }

  resetMs(nowMs: number): number {
    return this.kind === "bucket"
      ? (this.limit - this.left) / this.limit * this.minuteMs
      : this.endMs - nowMs;
  }
}

export interface PlayedMinutes {
  readonly kind: "bucket" | "aligned" | "window";
  readonly minutes: number;
  readonly minuteMs: number;
  /** Of the calls in a minute, how many come for each that there is room for. */
  readonly overload: number;
  /** What the provider counts for a call; what is estimated is `estimateFactor` times that. */
  readonly tokensPerCall: number;
  readonly estimateFactor: number;
  /** By how much of that single estimates are too high or too low, at the most. */
  readonly estimateScatter?: number;
  /** How the provider writes when a limit is reset. */
  readonly resetText: (ms: number, epochMs: number) => string;
  /** Remaining tokens are told in multiples of it. */
  readonly roundedTo?: number;
  readonly paced?: boolean;
}

export interface PlayedResult {
  readonly sent: number;
  readonly refused: number;
  /** Of the capacity of the limit that binds. */
  readonly used: number;
}

const LIMITS = { requests: 60, tokens: 10_000 };
const provider = { name: "limited" } as Provider;

function callOf(tokens: number): Call {
  return {
    operation: "chat",
    formats: openaiChat,
    body: new ParsedBody({ messages: [], max_tokens: Math.ceil(tokens) }),
  } as unknown as Call;
}

/** What the estimate of one call is off by. */
function scatterOf({ estimateScatter = 0 }: PlayedMinutes, index: number): number {
  return 1 + estimateScatter * ((index * 7_919 + 13) % 101 / 50 - 1);
}

function pacersOfThreads(clock: PlayedClock): Pacer[] {
  const memory = createLaneMemory();
  return [0, 1].map(() =>
    new Pacer({
      options: pacingOptions.parse({}),
      lanes: new LaneTable(memory, clock),
      clock,
      assumedAnswerTokens: 0,
    })
  );
}

/** Two threads take turns in receiving calls; each answer takes 20 to 60 ms. */
export async function playMinutes(options: PlayedMinutes): Promise<PlayedResult> {
  const { kind, minutes, minuteMs, overload, tokensPerCall, estimateFactor, resetText } = options;
  const clock = new PlayedClock();
  const pacers = pacersOfThreads(clock);
  const requests = new PlayedLimit(LIMITS.requests, minuteMs, kind);
  const tokens = new PlayedLimit(LIMITS.tokens, minuteMs, kind);
  const spent = { requests: 0, tokens: 0 };
  let sent = 0;
  let refused = 0;
  const headersOf = (name: string, limit: PlayedLimit, roundedTo: number) =>
    [
      [`x-ratelimit-limit-${name}`, `${limit.limit}`],
      [`x-ratelimit-remaining-${name}`, `${Math.floor(limit.left / roundedTo) * roundedTo}`],
      [`x-ratelimit-reset-${name}`, resetText(limit.resetMs(clock.nowMs()), clock.epochMs())],
    ] as const;
  const send = (index: number, turn: Turn | undefined): void => {
    const cost = tokensPerCall * (0.5 + (index * 7 % 11) / 10);
    sent += 1;
    clock.schedule(5 + index % 7, () => {
      for (const limit of [requests, tokens]) limit.look(clock.nowMs());
      const hasRoom = requests.left >= 1 && tokens.left >= cost;
      if (hasRoom) {
        requests.left -= 1;
        tokens.left -= cost;
        spent.requests += 1;
        spent.tokens += cost;
      }
      const headers = new Headers([
        ...headersOf("requests", requests, 1),
        ...headersOf("tokens", tokens, options.roundedTo ?? 1),
      ].map(([name, value]) => [name, value]));
      if (!hasRoom) refused += 1;
      clock.schedule(hasRoom ? 10 + index * 13 % 40 : 5, () => {
        turn?.answered(hasRoom ? 200 : 429, headers);
        if (hasRoom) return;
        const retryAfterMs = Math.max(1, requests.left < 1 ? requests.resetMs(clock.nowMs()) : 50);
        turn?.failed(new GatewayError("upstream_error", "", { status: 429, retryAfterMs }));
      });
    });
  };
  const callsPerMinute = overload * Math.min(LIMITS.requests, LIMITS.tokens / tokensPerCall);
  const count = Math.round(callsPerMinute * minutes);
  const startedMs = clock.nowMs();
  for (let index = 0; index < count; index++) {
    clock.schedule(index * minuteMs / callsPerMinute, () => {
      if (options.paced === false) return send(index, undefined);
      const cost = tokensPerCall * (0.5 + (index * 7 % 11) / 10);
      const call = callOf(cost * estimateFactor * scatterOf(options, index));
      const taken = pacers[index % 2]?.take({ provider, model: "model" }, call, minuteMs * 0.7);
      if (taken?.kind === "turn") send(index, taken);
      if (taken?.kind === "queued") {
        taken.turn.then((turn) => turn.kind === "turn" && send(index, turn));
      }
    });
  }
  let playedMinutes = minutes;
  clock.schedule(minutes * minuteMs, () => playedMinutes = (clock.nowMs() - startedMs) / minuteMs);
  await clock.play();
  playedMinutes = Math.max(playedMinutes, (clock.nowMs() - startedMs) / minuteMs);
  const used = Math.max(spent.requests / LIMITS.requests, spent.tokens / LIMITS.tokens);
  return { sent, refused, used: used / playedMinutes };
}
