/**
 * The models of all upstreams as one list.
 *
 * @module
 */

import { OwnSignal, type Signal } from "../core/http/signal.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { JsonValue } from "../core/text/json.ts";
import type { Redactor } from "../core/text/redactor.ts";
import type { ListedPrices } from "../core/ledger/spending.ts";
import type { Transport } from "../core/provider/transport.ts";
import type { ListedModel, Provider } from "../core/provider/provider.ts";
import { mergeFacts, type ModelFacts } from "../core/provider/model_facts.ts";
import type { ProviderWatch } from "../core/provider/provider_watch.ts";
import { readAnyJsonBody } from "../bytes/read_whole.ts";
import type { CachedList, ListState, PendingList } from "./list_state.ts";
import { hasName, MergedLists } from "./merged_lists.ts";
import { type ConfiguredFacts, configuredFacts } from "./configured_facts.ts";
import { toProviderError } from "./relay/provider_answer.ts";
import { KeyTries } from "./tries/keys/key_tries.ts";
import type { ProviderKeys } from "./tries/keys/provider_keys.ts";
import { firstFormat } from "./tries/sending/choose_format.ts";

export interface CatalogOptions {
  /** Age up to which a list is served without asking again. */
  readonly maxAgeMs: number;
  /** The same where it is asked for with what it tells of the models. */
  readonly detailsMaxAgeMs: number;
  /** Time allowed for one upstream's list. */
  readonly timeoutMs: number;
  /** What the configuration tells of models, by the names that clients ask for. */
  readonly facts: ConfiguredFacts;
  readonly maxResponseBytes: number;
  readonly redactor: Redactor;
  readonly watchProviders: ProviderWatch;
  readonly keys: ProviderKeys;
  /** Of models whose lists tell none. */
  readonly prices: ListedPrices;
}

/** Of one list. */
const MAX_PAGES = 10;

/** A call waits for a list until it was asked for so long ago; most are there in half the time. */
const MAX_CALL_WAIT_MS = 1_000;

/**
 * Lists models. Each upstream's list is cached; one request for it is in flight at a time, and the
 * last list known is served while the upstream fails (T51). A list that failed is asked for again in its
 * time, but nobody waits for it until it is there, or where no other is known.
 */
export class ModelCatalog {
  readonly #states: readonly ListState[];
  /** Those whose lists tell what models are, else all. */
  readonly #describing: readonly ListState[];
  readonly #transport: Transport;
  readonly #options: CatalogOptions;
  readonly #clock: Clock;
  readonly #every = new MergedLists();
  readonly #detailed = new MergedLists();

  constructor(
    providers: readonly Provider[],
    transport: Transport,
    options: CatalogOptions,
    clock: Clock,
  ) {
    this.#states = providers.map((provider) => ({
      provider,
      cached: undefined,
      failed: undefined,
      pending: undefined,
    }));
    const describing = this.#states.filter(({ provider }) => provider.describesModels === true);
    this.#describing = describing.length === 0 ? this.#states : describing;
    this.#transport = transport;
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Every model once, in the order of the upstreams; the first to list an id has it. The same array as long
   * as no list was fetched anew.
   *
   * Throws `GatewayError` only when no upstream's list is known at all.
   */
  async list(callId: string): Promise<readonly ListedModel[]> {
    return this.#every.of(await this.#listsOf(this.#states, callId, this.#options.maxAgeMs));
  }

  /**
   * The models with what is known of them: those of the upstreams that describe theirs, where one is on, as
   * in `list()` otherwise. The same array as long as no list was fetched anew.
   *
   * Throws `GatewayError` only when none of these lists is known at all.
   */
  async listDetailed(callId: string): Promise<readonly ListedModel[]> {
    const { detailsMaxAgeMs } = this.#options;
    return this.#detailed.of(await this.#listsOf(this.#describing, callId, detailsMaxAgeMs));
  }

  /**
   * The ids that an upstream lists, for a call; `undefined` where its list cannot be had in time. A list
   * that is too old is served all the same while it is asked for again.
   */
  async idsOf(provider: Provider, callId: string): Promise<ReadonlySet<string> | undefined> {
    const state = this.#states.find((candidate) => candidate.provider === provider);
    if (state === undefined) return undefined;
    const pending = this.#refresh(state, callId, this.#options.maxAgeMs);
    if (state.cached === undefined && state.failed === undefined && pending !== undefined) {
      await this.#waitShortly(pending);
    }
    return state.cached?.ids;
  }

  /**
   * What is known of the model that a client's name stands for, `model` or `upstream/model`; no list is asked
   * for. The configuration may tell of a name that no list has.
   */
  factsOf(name: string): ModelFacts {
    const own = configuredFacts(this.#options.facts, name);
    const { provider, cached } =
      this.#states.find(({ provider }) => name.startsWith(`${provider.name}/`)) ?? {};
    const listed = cached?.byId.get(name.slice((provider?.name.length ?? 0) + 1)) ??
      this.#states.find(({ cached }) => cached?.ids.has(name))?.cached?.byId.get(name);
    return mergeFacts(own, listed?.facts ?? {});
  }

  /** Whether a list that is known has `model` or `upstream/model`; none is asked for. */
  isListed(name: string): boolean {
    return this.#states.some(({ provider, cached }) => hasName(cached?.ids, provider.name, name));
  }

  /** A sentence for each upstream whose list could not be had when it was last asked for. */
  warnings(): readonly string[] {
    return this.#states.flatMap(({ provider, failed }) =>
      failed === undefined ? [] : [
        `The model list of ${provider.name} could not be read, so its models may be missing: ` +
        failed.error.message,
      ]
    );
  }

  /** The lists that can be had, in the order of the upstreams. */
  async #listsOf(
    states: readonly ListState[],
    callId: string,
    maxAgeMs: number,
  ): Promise<readonly CachedList[]> {
    const isNoneKnown = states.every(({ cached }) => cached === undefined);
    await Promise.all(states.map(async (state) => {
      // A failure that came at once, such as of a server that is not up yet, is asked about again at once.
      const isAskedAnew = isNoneKnown && (state.failed?.tookMs ?? Infinity) < MAX_CALL_WAIT_MS;
      const pending = isAskedAnew
        ? this.#ask(state, callId)
        : this.#refresh(state, callId, maxAgeMs);
      if (pending === undefined || (state.failed !== undefined && !isAskedAnew)) return;
      await (state.cached === undefined ? pending.settled : this.#waitShortly(pending));
    }));
    const lists = states.flatMap(({ cached }) => cached ?? []);
    const failed = states.find((state) => state.failed !== undefined)?.failed;
    if (failed !== undefined && lists.every(({ models }) => models.length === 0)) {
      throw failed.error;
    }
    return lists;
  }

  /** Asks for a list that is too old, unless that has failed within the same time. */
  #refresh(state: ListState, callId: string, maxAgeMs: number): PendingList | undefined {
    const { cached, failed, pending } = state;
    if (pending !== undefined) return pending;
    const nowMs = this.#clock.nowMs();
    if (cached !== undefined && nowMs - cached.fetchedMs < maxAgeMs) return undefined;
    if (failed !== undefined && nowMs - failed.atMs < this.#options.maxAgeMs) return undefined;
    return this.#ask(state, callId);
  }

  #ask(state: ListState, callId: string): PendingList {
    const sinceMs = this.#clock.nowMs();
    return state.pending ??= { sinceMs, settled: this.#settle(state, callId, sinceMs) };
  }

  async #settle(state: ListState, callId: string, sinceMs: number): Promise<void> {
    const { provider } = state;
    const { watchProviders } = this.#options;
    try {
      state.cached = await this.#fetch(provider, callId);
      state.failed = undefined;
      watchProviders.listed(provider);
    } catch (thrown) {
      const atMs = this.#clock.nowMs();
      const error = toGatewayError(thrown);
      state.failed = { error, atMs, tookMs: atMs - sinceMs };
      watchProviders.listFailed({ requestId: callId, provider, error });
    } finally {
      state.pending = undefined;
    }
  }

  async #waitShortly({ sinceMs, settled }: PendingList): Promise<void> {
    const leftMs = sinceMs + MAX_CALL_WAIT_MS - this.#clock.nowMs();
    if (leftMs <= 0) return;
    const late = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.schedule(leftMs, () => late.resolve());
    await Promise.race([settled, late.promise]).finally(cancelTimer);
  }

  async #fetch(provider: Provider, callId: string): Promise<CachedList> {
    const { timeoutMs } = this.#options;
    // Meanwhile, where they are not there yet.
    void this.#options.prices.loading;
    const signal = new OwnSignal();
    const cancelTimer = this.#clock.schedule(timeoutMs, () =>
      signal.abort(
        new GatewayError("upstream_timeout", `No model list within ${timeoutMs} ms`),
      ));
    try {
      const models: ListedModel[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES && (page === 0 || after !== undefined); page++) {
        const json = await this.#fetchPage(provider, callId, after, signal);
        const { loading } = this.#options.prices;
        if (loading !== undefined) await loading;
        models.push(
          ...provider.decodeModels(json).map((model) => this.#withFacts(provider, model)),
        );
        after = provider.nextModels?.(json);
      }
      const byId = new Map(models.map((model) => [model.id, model]));
      return { models, byId, ids: new Set(byId.keys()), fetchedMs: this.#clock.nowMs() };
    } finally {
      cancelTimer();
    }
  }

  /** The only place where what different sources tell of a model comes together, the strongest first. */
  #withFacts(provider: Provider, model: ListedModel): ListedModel {
    const { name, emulatesTools } = provider;
    const { facts, prices } = this.#options;
    const isPriced = model.pricing.prompt !== null || model.pricing.completion !== null;
    const ofUpstream = configuredFacts(facts, `${name}/${model.id}`);
    return {
      ...model,
      pricing: isPriced ? model.pricing : prices.pricingOf(provider, model.id) ?? model.pricing,
      facts: mergeFacts(
        ofUpstream,
        configuredFacts(facts, model.id),
        emulatesTools === true ? { tools: true } : {},
        model.facts,
      ),
    };
  }

  async #fetchPage(
    provider: Provider,
    callId: string,
    after: string | undefined,
    signal: Signal,
  ): Promise<JsonValue> {
    const { maxResponseBytes, redactor } = this.#options;
    const keys = new KeyTries(this.#options.keys, { provider }, this.#clock);
    const request = provider.prepareModels(callId, after);
    if (request === undefined) return [];
    while (true) {
      const response = await this.#transport(keys.authorize(request), signal);
      if (response.status === 200) {
        keys.answered();
        return await readAnyJsonBody(response.body, maxResponseBytes) ?? null;
      }
      const error = await toProviderError(response, {
        provider,
        format: firstFormat(provider),
        redactor,
        maxErrorBytes: maxResponseBytes,
        epochMs: this.#clock.epochMs(),
      });
      if (!keys.failed(error)) throw error;
    }
  }
}
