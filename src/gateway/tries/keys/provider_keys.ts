/**
 * Which of a provider's keys the next request carries.
 *
 * Keys take turns by their weights, and a conversation stays with one of them, because prompt caches are its
 * account's. One that is refused is left out for a while; then one request tries it, and the others follow when that
 * is answered. What is known of keys outlives the options, so that a reload
 * forgets nothing, but for keys that it replaced. Nothing here reads a clock.
 *
 * @module
 */

import { isRequestsFault } from "../../../core/provider/blame.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { Provider } from "../../../core/provider/provider.ts";
import type { CoolingKey, ProviderKey } from "../../../core/provider/provider_key.ts";
import { distanceOf, type Session } from "../../../core/chat/session.ts";

/** Keys are the operator's; the bound is for many reloads. */
const MAX_KEYS = 10_000;
/** Longest time for which a key is left out, whatever its provider asks for. */
const MAX_COOLING_MS = 3_600_000;
/** Statuses that are a key's own, and perhaps not another's. */
const KEY_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 429]);

interface KeyState {
  readonly provider: string;
  readonly key: string;
  /** Whoever has the most is next; each turn is paid for with the weights of all. */
  credit: number;
  /** Left out until then; `undefined` while it takes its turns. */
  coolingUntilMs: number | undefined;
  /** A request is on its way to see whether it is taken again. */
  isProbed: boolean;
  /** In a row, each leaving it out for twice as long as the one before. */
  refusals: number;
  reason: CoolingKey["reason"];
}

interface KnownKey {
  readonly key: ProviderKey;
  readonly state: KeyState;
}

/** What is known of keys, by provider and identity. */
export type KeyStates = Map<string, KeyState>;

export interface KeyOptions {
  /** Time for which a key is left out that was refused for the first time. */
  readonly durationMs: number;
}

export class ProviderKeys {
  readonly #options: KeyOptions;
  readonly #states: KeyStates;

  constructor(options: KeyOptions, states: KeyStates) {
    this.#options = options;
    this.#states = states;
  }

  /**
   * The key whose turn it is; where all are left out, the one that is due soonest. `undefined` where none is
   * left that was not tried, or the provider's requests have their key already.
   *
   * @param tried Keys that the same request was refused with.
   * @param session The conversation, which has the same key each time, and the same next one where that is left out.
   */
  choose(
    provider: Provider,
    tried: readonly ProviderKey[],
    nowMs: number,
    session?: Session,
  ): ProviderKey | undefined {
    const { keys = [] } = provider;
    if (keys.length < 2) return tried.length === 0 ? keys[0] : undefined;
    const left = keys.filter((key) => !tried.includes(key))
      .map((key) => ({ key, state: this.#stateOf(provider, key) }));
    const usable = left.filter(({ state: { coolingUntilMs = nowMs } }) => coolingUntilMs <= nowMs);
    if (usable.length > 0) {
      return this.#use(session ? nearestOf(usable, session) : nextOf(usable), nowMs);
    }
    const soonest = left.reduce<typeof left[0] | undefined>(
      (best, each) =>
        best === undefined ||
          (each.state.coolingUntilMs ?? 0) < (best.state.coolingUntilMs ?? 0)
          ? each
          : best,
      undefined,
    );
    // A second key that is left out tells a call nothing new.
    if (soonest === undefined || tried.length > 0) return undefined;
    soonest.state.isProbed = true;
    return soonest.key;
  }

  /** A request with the key was answered. */
  answered(provider: Provider, key: ProviderKey): void {
    const state = this.#states.get(idOf(provider, key));
    // An answer to what was sent before the refusal says nothing of the time after it.
    if (state === undefined || !state.isProbed) return;
    state.isProbed = false;
    state.coolingUntilMs = undefined;
    state.refusals = 0;
  }

  /** A request with the key was refused, for what is the key's own. */
  refused(provider: Provider, key: ProviderKey, error: GatewayError, nowMs: number): void {
    if ((provider.keys ?? []).length < 2) return;
    const state = this.#stateOf(provider, key);
    const { retryAfterMs = 0 } = error;
    const isCooling = (state.coolingUntilMs ?? nowMs) > nowMs && !state.isProbed;
    if (!isCooling) state.refusals += 1;
    const ownMs = this.#options.durationMs * 2 ** Math.min(state.refusals - 1, 20);
    const untilMs = nowMs + Math.min(retryAfterMs || ownMs, MAX_COOLING_MS);
    if (isCooling && untilMs <= (state.coolingUntilMs ?? 0)) return;
    state.isProbed = false;
    state.coolingUntilMs = untilMs;
    state.reason = error.status === 429 ? "rate_limited" : "refused";
  }

  /** Every key that is left out. */
  snapshot(nowMs: number): readonly CoolingKey[] {
    return [...this.#states.values()].flatMap(
      ({ provider, key, reason, coolingUntilMs = nowMs }) =>
        coolingUntilMs > nowMs
          ? [{ provider, key, reason, retryAfterMs: coolingUntilMs - nowMs }]
          : [],
    );
  }

  #use(chosen: KnownKey | undefined, nowMs: number): ProviderKey | undefined {
    if (chosen === undefined) return undefined;
    const { key, state } = chosen;
    if (state.coolingUntilMs !== undefined) {
      // This request is the probe. Should nothing ever be heard of it, there is another one later.
      state.isProbed = true;
      state.coolingUntilMs = nowMs + this.#options.durationMs;
    }
    return key;
  }

  #stateOf(provider: Provider, key: ProviderKey): KeyState {
    const id = idOf(provider, key);
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size >= MAX_KEYS) this.#states.delete(oldest);
    const state: KeyState = {
      provider: provider.name,
      key: key.name,
      credit: 0,
      coolingUntilMs: undefined,
      isProbed: false,
      refusals: 0,
      reason: "refused",
    };
    this.#states.set(id, state);
    return state;
  }
}

/** Weighted turns that are spread evenly: of 3 and 1, the one is never asked twice within four. */
function nextOf(usable: readonly KnownKey[]): KnownKey | undefined {
  let next = usable[0];
  let sum = 0;
  for (const each of usable) {
    sum += each.key.weight;
    each.state.credit += each.key.weight;
    if (next === undefined || each.state.credit > next.state.credit) next = each;
  }
  if (next !== undefined) next.state.credit -= sum;
  return next;
}

/** The same in every thread and process, as a conversation's target is. */
function nearestOf(usable: readonly KnownKey[], session: Session): KnownKey | undefined {
  let nearest: KnownKey | undefined;
  let least = Infinity;
  for (const each of usable) {
    const distance = distanceOf(each.key.name, each.key.weight, session);
    if (distance >= least) continue;
    least = distance;
    nearest = each;
  }
  return nearest;
}

function idOf({ name }: Provider, { identity }: ProviderKey): string {
  return `${name} ${identity}`;
}

/** Whether a provider refused the key that a request had, and has done nothing for it. */
export function isKeyRefused(error: GatewayError): boolean {
  if (error.kind === "upstream_auth_failed") return true;
  return error.kind === "upstream_error" && KEY_STATUSES.has(error.status) &&
    error.mayBePaid !== true && !isRequestsFault(error);
}

/**
 * Whether it may as well be the request that is not allowed, or that asks for more tokens than are left to pay for:
 * only another key's answer tells.
 */
export function isPerhapsTheRequest({ kind, status }: GatewayError): boolean {
  return kind === "upstream_error" && (status === 402 || status === 403);
}
