/**
 * Answers that several machines share through Redis, which drops them when they are too old.
 *
 * A Redis that is away is a miss and keeps nothing: no call fails for it, or waits for longer than for one answer.
 *
 * @module
 */

import type { Clock, MakeId } from "../../core/clock.ts";
import type { AnswerStore } from "./answer_store.ts";
import type { KeptAnswer } from "./kept_answer.ts";
import { readKeptText, writeKeptText } from "./kept_text.ts";

/** Limits wait behind it on the same connection. */
const MAX_CHARACTERS = 262_144;

const GENERATION_KEY = "weir:{answers}:generation";

/**
 * KEYS are the generation and an answer; ARGV is what to do, an id that nobody has used, and, for `put`, the answer and
 * the time for which it is kept. Each answer names the generation in which it was kept, and another one hides it: a
 * purge makes one, and so does the first `put` where Redis has lost it.
 *
 * An error would take Redis for lost, also for limits: one that has no room for answers may have room for those.
 */
export const ANSWER_SCRIPT = `
local generation = redis.pcall("GET", KEYS[1])
if type(generation) ~= "string" then generation = false end

local function write(...)
  local done = redis.pcall("SET", ...)
  return done.ok and 1 or 0
end

if ARGV[1] == "purge" then return write(KEYS[1], ARGV[2]) end
if ARGV[1] == "put" then
  if not generation then
    generation = ARGV[2]
    if write(KEYS[1], generation) == 0 then return 0 end
  end
  return write(KEYS[2], generation .. " " .. ARGV[3], "PX", ARGV[4])
end
if not generation then return false end
local kept = redis.pcall("GET", KEYS[2])
if type(kept) ~= "string" then return false end
local start = generation .. " "
if kept:sub(1, #start) ~= start then return false end
return kept:sub(#start + 1)
`;

/** What the script is given. */
export interface AnswerScriptCall {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

export interface RedisAnswerParts {
  /** Runs the script; `undefined`, now or later, where Redis does not answer. Never rejects. */
  readonly ask: (call: AnswerScriptCall) => Promise<unknown> | undefined;
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly ttlMs: number;
}

export class RedisAnswerStore implements AnswerStore {
  readonly held = undefined;
  readonly #parts: RedisAnswerParts;

  constructor(parts: RedisAnswerParts) {
    this.#parts = parts;
  }

  get(key: string): Promise<KeptAnswer | undefined> | undefined {
    const { ask, clock, ttlMs } = this.#parts;
    return ask({ keys: keysOf(key), values: ["get"] })?.then((text) => {
      const answer = typeof text === "string" ? readKeptText(text) : undefined;
      // It may have been kept when answers were given again for longer.
      return answer && clock.epochMs() - answer.keptMs <= ttlMs ? answer : undefined;
    });
  }

  async put(key: string, answer: KeptAnswer): Promise<boolean> {
    const { ask, makeId, ttlMs } = this.#parts;
    const text = writeKeptText(answer);
    if (text === undefined || text.length > MAX_CHARACTERS) return false;
    return await ask({ keys: keysOf(key), values: ["put", makeId(), text, String(ttlMs)] }) === 1;
  }

  async purge(): Promise<boolean> {
    const { ask, makeId } = this.#parts;
    return await ask({ keys: keysOf(""), values: ["purge", makeId()] }) === 1;
  }
}

/** The braces keep both in one slot of a cluster. */
function keysOf(key: string): readonly string[] {
  return [GENERATION_KEY, `weir:{answers}:${key}`];
}
