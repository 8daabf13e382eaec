/**
 * One decision as Redis makes it: the script, what it is given and what it answers.
 *
 * The arithmetic is that of `token_bucket.ts`. Time is the server's, so that all gateways have one clock.
 *
 * @module
 */

import type { LimitDecision, LimitDemand, LimitRule, LimitState } from "../limit_store.ts";
import { MAX_LIMIT, MAX_WINDOW_MS } from "../token_bucket.ts";

/**
 * Takes of all buckets or of none, or settles. A bucket is kept as "fullAtMs rest lastMs", and only until
 * it is full again; one that is not kept is full.
 *
 * ARGV is "take" or "settle", and then limit, window and cost of each of KEYS. The answer is 1 or 0 for
 * allowed or not, and then what remains, the time to the reset and the wait of each; -1 is a wait for ever.
 *
 * Numbers are doubles here: nothing gets to 2^53.
 */
export const LIMIT_SCRIPT = `
local MAX_DEBT_WINDOWS = 10
-- Buckets are kept for longer than they matter: the clock of expiry may lag behind TIME.
local EXPIRY_SLACK_MS = 1000

local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local isSettling = ARGV[1] == "settle"

-- Quotient and rest of a * b / c, by long division, because a * b may be too large.
local function divide(a, b, c)
  local high = math.floor(a / 131072) * b
  local quotient = math.floor(high / c)
  local low = (high - quotient * c) * 131072 + (a % 131072) * b
  local part = math.floor(low / c)
  return quotient * 131072 + part, low - part * c
end

local function load(key, limit, window)
  -- What is no text was put there by others.
  local kept = redis.pcall("GET", key)
  local full, rest, last
  if type(kept) == "string" then full, rest, last = kept:match("^(%d+) (%d+) (%d+)$") end
  if not full then return now, 0, false end
  full, rest, last = tonumber(full), tonumber(rest), tonumber(last)
  -- The clock stepped back: no time has passed.
  local hasSteppedBack = now < last
  if hasSteppedBack then full = full - (last - now) end
  if full < now then return now, 0, hasSteppedBack end
  -- Nothing here writes such a time or rest, and nobody should wait for it: an empty bucket.
  if not (full <= now + MAX_DEBT_WINDOWS * window and rest < limit) then
    return now + window, 0, true
  end
  return full, rest, hasSteppedBack
end

local function waitFor(bucket)
  if bucket.cost > bucket.limit then return -1 end
  local whole, part = divide(bucket.cost, bucket.window, bucket.limit)
  local ceiled = math.ceil((bucket.rest + part) / bucket.limit)
  return math.max(0, bucket.full + whole + ceiled - bucket.window - now)
end

local function spend(bucket)
  local limit = bucket.limit
  local sign = bucket.cost < 0 and -1 or 1
  local units = math.min(math.abs(bucket.cost), MAX_DEBT_WINDOWS * limit)
  local whole, part = divide(units, bucket.window, limit)
  bucket.full = bucket.full + sign * whole
  bucket.rest = bucket.rest + sign * part
  if bucket.rest < 0 then
    bucket.rest = bucket.rest + limit
    bucket.full = bucket.full - 1
  elseif bucket.rest >= limit then
    bucket.rest = bucket.rest - limit
    bucket.full = bucket.full + 1
  end
  local latest = now + MAX_DEBT_WINDOWS * bucket.window
  if bucket.full >= latest then
    bucket.full = latest
    bucket.rest = 0
  elseif bucket.full < now then
    bucket.full = now
    bucket.rest = 0
  end
end

local function fullIn(bucket)
  return bucket.full + (bucket.rest > 0 and 1 or 0) - now
end

local function remainingIn(bucket)
  local wait = bucket.full - now
  if wait >= bucket.window then return 0 end
  local whole, part = divide(wait, bucket.limit, bucket.window)
  return math.max(0, bucket.limit - whole - math.ceil((part + bucket.rest) / bucket.window))
end

local function store(key, bucket)
  local fullInMs = fullIn(bucket)
  if fullInMs == 0 then
    redis.call("DEL", key)
  else
    local text = string.format("%.0f %.0f %.0f", bucket.full, bucket.rest, now)
    redis.call("SET", key, text, "PX", string.format("%.0f", fullInMs + EXPIRY_SLACK_MS))
  end
end

local buckets = {}
local isAllowed = true
for index, key in ipairs(KEYS) do
  local bucket = {
    limit = tonumber(ARGV[index * 3 - 1]),
    window = tonumber(ARGV[index * 3]),
    cost = tonumber(ARGV[index * 3 + 1]),
  }
  bucket.full, bucket.rest, bucket.isMoved = load(key, bucket.limit, bucket.window)
  bucket.wait = waitFor(bucket)
  if bucket.wait ~= 0 and not isSettling then isAllowed = false end
  buckets[index] = bucket
end

local answer = { isAllowed and 1 or 0 }
for index, key in ipairs(KEYS) do
  local bucket = buckets[index]
  local isSpending = isAllowed and bucket.cost ~= 0
  if isSpending then spend(bucket) end
  if isSpending or bucket.isMoved then store(key, bucket) end
  table.insert(answer, remainingIn(bucket))
  table.insert(answer, fullIn(bucket))
  table.insert(answer, bucket.wait)
end
return answer
`;

/** What Redis is to do with buckets. */
export interface ScriptCall {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** What a rule adds to each call of the script. */
interface RuleTexts {
  readonly keyEnd: string;
  readonly limit: string;
  readonly windowMs: string;
}

const ruleTexts = new WeakMap<LimitRule, RuleTexts>();

/**
 * The braces keep the buckets of one client in one slot of a cluster. No two buckets have one name,
 * whatever a key holds: what follows it has neither braces nor colons of its own.
 */
export function scriptCall(mode: "take" | "settle", demands: readonly LimitDemand[]): ScriptCall {
  const keys: string[] = [];
  const values: string[] = [mode];
  for (const { rule, key, cost } of demands) {
    if (!Number.isSafeInteger(cost)) throw new RangeError(`A cost of ${cost} is no whole number`);
    const { keyEnd, limit, windowMs } = textsOf(rule);
    const name = `weir:{${key}}${keyEnd}`;
    if (keys.includes(name)) throw new Error("Two demands are on one bucket; make them one");
    keys.push(name);
    values.push(limit, windowMs, String(cost));
  }
  return { keys, values };
}

function textsOf(rule: LimitRule): RuleTexts {
  const known = ruleTexts.get(rule);
  if (known !== undefined) return known;
  const { name, limit, windowMs } = rule;
  if (!(limit >= 1 && limit <= MAX_LIMIT && windowMs >= 1 && windowMs <= MAX_WINDOW_MS)) {
    throw new RangeError(`A limit of ${limit} in ${windowMs} ms is out of range`);
  }
  const texts: RuleTexts = {
    keyEnd: `:${name}:${limit}:${windowMs}`,
    limit: String(limit),
    windowMs: String(windowMs),
  };
  ruleTexts.set(rule, texts);
  return texts;
}

/** `undefined` where the answer is none of the script's. */
export function readDecision(
  answer: unknown,
  demands: readonly LimitDemand[],
): LimitDecision | undefined {
  const numbers = readNumbers(answer, 1 + 3 * demands.length);
  if (numbers === undefined) return undefined;
  const states = demands.map(({ rule }, index): LimitState => {
    const [remaining = 0, resetMs = 0, waitMs = 0] = numbers.slice(1 + 3 * index);
    return { rule, remaining, resetMs, retryAfterMs: waitMs < 0 ? Infinity : waitMs };
  });
  return { isAllowed: numbers[0] === 1, states };
}

/** The numbers of an answer; `undefined` where it is anything but so many of them. */
export function readNumbers(answer: unknown, count: number): readonly number[] | undefined {
  if (!Array.isArray(answer) || answer.length !== count) return undefined;
  return answer.every((item) => typeof item === "number") ? answer : undefined;
}
