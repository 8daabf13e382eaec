/**
 * Counters of budgets as Redis keeps them: the script, what it is given and what it answers.
 *
 * A counter is a hash with what was spent, what is reserved, whether it is loaded and which level was told. Beside it
 * lies a sorted set of what is reserved, each by its ticket with the time until which it is kept: whoever has died
 * with it gives nothing back, and then it counts as spent.
 *
 * @module
 */

import { readNumbers, type ScriptCall } from "../../redis/redis_limit_script.ts";
import { type RedisScript, redisScript } from "../../redis/redis_link.ts";
import {
  type BudgetCharge,
  type BudgetCounter,
  type BudgetDemand,
  type BudgetHold,
  type CounterState,
  LEVELS,
} from "../budget_store.ts";

/** Longer than nearly all calls; of one that lasts longer the sum is put right when it ends. */
const HOLD_MS = 3_600_000;
/** Counters are kept for longer than their period, because calls that end may have been reserved in it. */
const EXPIRY_SLACK_MS = 2 * HOLD_MS;
/** Of one that never ends and is not used; it is loaded again. */
const UNUSED_MS = 30 * 86_400_000;

/**
 * KEYS are the hash and the set of each counter. ARGV is what to do, a ticket, now and, for each counter, numbers:
 *
 * reserve: what is to be reserved, the limit (-1 is none), the expiry, what is to be added to what was spent;
 *   before them 1 where counters need not be loaded. Answers 1 (reserved), 0 (refused) or 2 (not loaded).
 * settle: what was reserved, what was spent, the budget, the expiry. A counter whose period is over is a pair of keys
 *   with what was reserved alone, before the one in which it is spent. Answers the levels that were crossed.
 * raise: what was spent at the least, the budget, the expiry. Answers the level that was crossed.
 * read: nothing.
 *
 * All but settle and raise add what was spent, what is reserved and 1 or 0 for loaded, of each counter.
 * Numbers are doubles here: nothing gets to 2^53.
 */
const TEXT = `
local mode, ticket = ARGV[1], ARGV[2]
local MAX_EXPIRED = 1000

local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function whole(number)
  return string.format("%.0f", number)
end

local function load(index)
  local key, held = KEYS[2 * index - 1], KEYS[2 * index]
  -- What is no counter was put there by others.
  local kept = redis.pcall("HMGET", key, "spent", "reserved", "loaded", "told")
  if kept.err then
    redis.call("DEL", key, held)
    kept = {}
  end
  local counter = { key = key, held = held }
  counter.spent = tonumber(kept[1] or 0) or 0
  counter.reserved = tonumber(kept[2] or 0) or 0
  counter.loaded = kept[3] == "1"
  counter.told = tonumber(kept[4] or 0) or 0
  local expired = redis.call("ZRANGEBYSCORE", held, "-inf", whole(now), "LIMIT", 0, MAX_EXPIRED)
  for _, member in ipairs(expired) do
    local micros = tonumber(member:match(":(%d+)$")) or 0
    redis.call("ZREM", held, member)
    counter.reserved = math.max(0, counter.reserved - micros)
    counter.spent = counter.spent + micros
    counter.isChanged = true
  end
  return counter
end

local function store(counter, expiry)
  redis.call("HSET", counter.key, "spent", whole(counter.spent), "reserved", whole(counter.reserved),
    "loaded", counter.loaded and "1" or "0", "told", whole(counter.told))
  if expiry then redis.call("PEXPIRE", counter.key, whole(expiry)) end
end

-- The level that is reached and was not told yet.
local function tell(counter, budget)
  local level = 0
  for _, percent in ipairs({ ${LEVELS.toReversed().join(", ")} }) do
    if counter.spent * 100 >= budget * percent then level = percent end
  end
  local isNews = level > counter.told
  counter.told = level
  return isNews and level or 0
end

local count = #KEYS / 2

if mode == "settle" then
  local answer = {}
  for index = 1, count do
    local at = 2 + (index - 1) * 4
    local held, micros = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    local budget, expiry = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
    local counter = load(index)
    if held > 0 and redis.call("ZREM", counter.held, ticket .. ":" .. whole(held)) == 1 then
      counter.reserved = math.max(0, counter.reserved - held)
    elseif held > 0 and counter.loaded then
      -- It was kept for too long, and counts as spent already. A counter that was lost knows nothing of it.
      counter.spent = math.max(0, counter.spent - held)
    end
    counter.spent = counter.spent + micros
    local level = tell(counter, budget)
    store(counter, expiry)
    table.insert(answer, level)
  end
  return answer
end

if mode == "raise" then
  local counter = load(1)
  local isNews = counter.loaded
  counter.spent = math.max(counter.spent, tonumber(ARGV[3]))
  counter.loaded = true
  local level = tell(counter, tonumber(ARGV[4]))
  store(counter, tonumber(ARGV[5]))
  return { isNews and level or 0 }
end

local counters = {}
local outcome = 1
for index = 1, count do
  counters[index] = load(index)
end
if mode == "reserve" then
  for index, counter in ipairs(counters) do
    local at = 3 + (index - 1) * 4
    local micros, limit = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    counter.expiry = tonumber(ARGV[at + 3])
    local added = tonumber(ARGV[at + 4])
    counter.spent = counter.spent + added
    counter.isChanged = counter.isChanged or added > 0
    local isMet = micros == 0 or limit < 0 or counter.spent + counter.reserved + micros <= limit
    if not isMet and outcome == 1 then outcome = 0 end
    if not counter.loaded and ARGV[3] ~= "1" then outcome = 2 end
  end
  for index, counter in ipairs(counters) do
    local micros = tonumber(ARGV[3 + (index - 1) * 4 + 1])
    if outcome == 1 and micros > 0 then
      counter.reserved = counter.reserved + micros
      counter.isChanged = true
      redis.call("ZADD", counter.held, whole(now + ${HOLD_MS}), ticket .. ":" .. whole(micros))
      redis.call("PEXPIRE", counter.held, whole(counter.expiry))
    end
  end
end
for _, counter in ipairs(counters) do
  if counter.isChanged then store(counter, counter.expiry) end
end

local answer = { outcome }
for _, counter in ipairs(counters) do
  table.insert(answer, counter.spent)
  table.insert(answer, counter.reserved)
  table.insert(answer, counter.loaded and 1 or 0)
end
return answer
`;

export const BUDGET_SCRIPT: RedisScript = redisScript(TEXT);

/** @param added Of each demand, what is to be added to what was spent. */
export function reserveCall(
  ticket: string,
  demands: readonly BudgetDemand[],
  added: readonly number[],
  mayBeUnloaded: boolean,
  epochMs: number,
): ScriptCall {
  const numbers = demands.flatMap(({ counter, micros, limitMicros }, index) => [
    micros,
    limitMicros === Infinity ? -1 : limitMicros,
    expiryOf(counter, epochMs),
    added[index] ?? 0,
  ]);
  return {
    keys: demands.flatMap(({ counter }) => keysOf(counter)),
    values: ["reserve", ticket, mayBeUnloaded ? "1" : "0", ...numbers.map(String)],
  };
}

export interface SettleCall extends ScriptCall {
  /** Where the level of each charge is in the answer. */
  readonly places: readonly number[];
}

export function settleCall(
  { demands, ticket = "" }: BudgetHold,
  charges: readonly BudgetCharge[],
  epochMs: number,
): SettleCall {
  const keys: string[] = [];
  const numbers: number[] = [];
  const places: number[] = [];
  const add = (
    counter: BudgetCounter,
    held: number,
    { micros, budgetMicros }: Pick<BudgetCharge, "micros" | "budgetMicros">,
  ): void => {
    keys.push(...keysOf(counter));
    numbers.push(held, micros, budgetMicros, expiryOf(counter, epochMs));
  };
  for (const [index, charge] of charges.entries()) {
    const { counter, budgetMicros } = charge;
    const held = demands[index];
    const isSame = held === undefined || held.counter.startMs === counter.startMs;
    if (!isSame) add(held.counter, held.micros, { micros: 0, budgetMicros });
    places.push(keys.length / 2);
    add(counter, isSame ? held?.micros ?? 0 : 0, charge);
  }
  return { keys, values: ["settle", ticket, ...numbers.map(String)], places };
}

export function raiseCall(
  counter: BudgetCounter,
  atLeastMicros: number,
  budgetMicros: number,
  epochMs: number,
): ScriptCall {
  const numbers = [atLeastMicros, budgetMicros, expiryOf(counter, epochMs)];
  return { keys: keysOf(counter), values: ["raise", "", ...numbers.map(String)] };
}

export function readCall(counters: readonly BudgetCounter[]): ScriptCall {
  return { keys: counters.flatMap(keysOf), values: ["read", ""] };
}

/** The states that follow the first number of an answer; `undefined` where it is none of the script's. */
export function readStates(
  answer: unknown,
  count: number,
): { readonly outcome: number; readonly states: readonly CounterState[] } | undefined {
  const numbers = readNumbers(answer, 1 + 3 * count);
  if (numbers === undefined) return undefined;
  const states = Array.from({ length: count }, (_, index): CounterState => {
    const [spent = 0, reserved = 0, loaded = 0] = numbers.slice(1 + 3 * index);
    return { spent, reserved, isLoaded: loaded === 1 };
  });
  return { outcome: numbers[0] ?? 0, states };
}

/** The braces keep all counters in one slot of a cluster, because one script looks at several. */
function keysOf({ name, startMs }: BudgetCounter): readonly [hash: string, held: string] {
  const key = `weir:{budgets}:${name}:${startMs}`;
  return [key, `${key}:held`];
}

function expiryOf({ endMs }: BudgetCounter, epochMs: number): number {
  return endMs === Infinity ? UNUSED_MS : Math.max(0, endMs - epochMs) + EXPIRY_SLACK_MS;
}
