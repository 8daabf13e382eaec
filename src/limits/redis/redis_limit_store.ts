/**
 * Limits that several machines share through Redis.
 *
 * While Redis is away each gateway grants a share of every limit by itself: with n gateways, all together
 * n times the share. Its buckets begin full then, and those of Redis go on from where they were, as far as
 * Redis has kept them.
 *
 * @module
 */

import type { LimitDecision, LimitDemand, LimitRule, LimitStore } from "../limit_store.ts";
import type { RedisLink } from "./redis_link.ts";
import { readDecision, scriptCall } from "./redis_limit_script.ts";

const UNLIMITED: LimitDecision = { isAllowed: true, states: [] };

export class RedisLimitStore implements LimitStore {
  readonly #link: RedisLink;
  readonly #ownStore: LimitStore;
  readonly #share: number;
  readonly #ownRules = new WeakMap<LimitRule, LimitRule>();

  /**
   * @param ownStore This process's own, for while Redis is away.
   * @param share Of each limit, above 0 and up to 1, which holds for that time.
   */
  constructor(link: RedisLink, ownStore: LimitStore, share: number) {
    this.#link = link;
    this.#ownStore = ownStore;
    this.#share = share;
  }

  take(demands: readonly LimitDemand[]): LimitDecision | Promise<LimitDecision> {
    if (demands.length === 0) return UNLIMITED;
    if (demands.some(({ cost }) => cost < 0)) throw new RangeError("A cost is negative");
    const answer = this.#link.run(scriptCall("take", demands));
    if (answer === undefined) return this.#takeAlone(demands);
    return answer.then((answer) => readDecision(answer, demands) ?? this.#takeAlone(demands));
  }

  /** Nobody waits for it; what is on its way when Redis is lost is lost as well. */
  settle(demand: LimitDemand): void {
    const answer = this.#link.run(scriptCall("settle", [demand]));
    if (answer === undefined) {
      this.#ownStore.settle({ ...demand, rule: this.#ownRuleOf(demand.rule) });
    }
  }

  #takeAlone(demands: readonly LimitDemand[]): LimitDecision | Promise<LimitDecision> {
    return this.#ownStore.take(demands.map(({ rule, key, cost }) => {
      const ownRule = this.#ownRuleOf(rule);
      // What the limit has room for is not refused for ever because the share has none.
      const ownCost = cost > rule.limit ? cost : Math.min(cost, ownRule.limit);
      return { rule: ownRule, key, cost: ownCost };
    }));
  }

  #ownRuleOf(rule: LimitRule): LimitRule {
    const known = this.#ownRules.get(rule);
    if (known !== undefined) return known;
    const ownRule = { ...rule, limit: Math.max(1, Math.floor(rule.limit * this.#share)) };
    this.#ownRules.set(rule, ownRule);
    return ownRule;
  }
}
