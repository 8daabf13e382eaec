/**
 * The models of all upstreams as one list.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { Redactor } from "../core/redactor.ts";
import type { Transport } from "../core/transport.ts";
import type { ListedModel, Model, Upstream } from "../core/upstream.ts";
import type { UpstreamWatch } from "../core/upstream_watch.ts";
import { readJsonBody } from "./read_body.ts";
import { toUpstreamError } from "./upstream_answer.ts";

export interface CatalogOptions {
  /** Age up to which a list is served without asking again. */
  readonly maxAgeMs: number;
  /** The same where it is asked for with what it tells of the models. */
  readonly detailsMaxAgeMs: number;
  /** Time allowed for one upstream's list. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly redactor: Redactor;
  readonly watchUpstreams: UpstreamWatch;
}

interface CachedList {
  readonly models: readonly ListedModel[];
  readonly ids: ReadonlySet<string>;
  readonly fetchedMs: number;
}

/**
 * Lists models. Each upstream's list is cached; one request for it is in flight at a time, and the
 * last list known is served while the upstream fails (T51).
 */
export class ModelCatalog {
  readonly #upstreams: readonly Upstream[];
  /** Those whose lists tell what models are, else all. */
  readonly #describing: readonly Upstream[];
  readonly #transport: Transport;
  readonly #options: CatalogOptions;
  readonly #clock: Clock;
  readonly #cached = new Map<string, CachedList>();
  readonly #pending = new Map<string, Promise<CachedList>>();
  /** When an upstream's list could not be had, last. */
  readonly #failedMs = new Map<string, number>();
  /** Why the list of an upstream could not be had when it was last asked for. */
  readonly #failures = new Map<string, string>();
  readonly #plain = new MergedLists<Model>((models) =>
    models.map(({ id, object, created, owned_by }) => ({ id, object, created, owned_by }))
  );
  readonly #detailed = new MergedLists<ListedModel>((models) => models);

  constructor(
    upstreams: readonly Upstream[],
    transport: Transport,
    options: CatalogOptions,
    clock: Clock,
  ) {
    const describing = upstreams.filter(({ describesModels }) => describesModels === true);
    this.#upstreams = upstreams;
    this.#describing = describing.length === 0 ? upstreams : describing;
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
  async list(callId: string): Promise<readonly Model[]> {
    return this.#plain.of(await this.#listsOf(this.#upstreams, callId, this.#options.maxAgeMs));
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
   * The ids that an upstream lists; `undefined` where its list cannot be had. A list that is too old is
   * served all the same while it is asked for again, and one that failed is not asked for again until
   * it would be too old: nobody waits for a list but those who come first.
   */
  async idsOf(upstream: Upstream, callId: string): Promise<ReadonlySet<string> | undefined> {
    if (this.#hasFailedLately(upstream)) return this.#cached.get(upstream.name)?.ids;
    const listing = this.#listOf(upstream, callId, this.#options.maxAgeMs);
    listing.catch(() => {});
    const known = this.#cached.get(upstream.name);
    if (known !== undefined) return known.ids;
    await listing.catch(() => {});
    return this.#cached.get(upstream.name)?.ids;
  }

  /** A sentence for each upstream whose list could not be had when it was last asked for. */
  warnings(): readonly string[] {
    return [...this.#failures].map(([name, reason]) =>
      `The model list of ${name} could not be read, so its models may be missing: ${reason}`
    );
  }

  /** The lists that can be had, in the order of the upstreams. */
  async #listsOf(
    upstreams: readonly Upstream[],
    callId: string,
    maxAgeMs: number,
  ): Promise<readonly CachedList[]> {
    const results = await Promise.allSettled(
      upstreams.map((upstream) => this.#listOf(upstream, callId, maxAgeMs)),
    );
    const lists = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined && lists.every(({ models }) => models.length === 0)) {
      throw toGatewayError(failed.reason);
    }
    return lists;
  }

  #listOf(upstream: Upstream, callId: string, maxAgeMs: number): Promise<CachedList> {
    const cached = this.#cached.get(upstream.name);
    if (cached !== undefined) {
      const ageMs = this.#clock.nowMs() - cached.fetchedMs;
      // Who waited for an upstream that hangs waited for nothing.
      if (ageMs < maxAgeMs || this.#hasFailedLately(upstream)) return Promise.resolve(cached);
    }
    const pending = this.#pending.get(upstream.name) ??
      this.#fetch(upstream, callId).finally(() => this.#pending.delete(upstream.name));
    this.#pending.set(upstream.name, pending);
    return cached === undefined ? pending : pending.catch(() => cached);
  }

  #hasFailedLately({ name }: Upstream): boolean {
    const failedMs = this.#failedMs.get(name);
    return failedMs !== undefined && this.#clock.nowMs() - failedMs < this.#options.maxAgeMs;
  }

  async #fetch(upstream: Upstream, callId: string): Promise<CachedList> {
    const { timeoutMs, maxResponseBytes, redactor } = this.#options;
    const controller = new AbortController();
    const cancelTimer = this.#clock.schedule(timeoutMs, () =>
      controller.abort(
        new GatewayError("upstream_timeout", `No model list within ${timeoutMs} ms`),
      ));
    try {
      const response = await this.#transport(upstream.prepareModels(callId), controller.signal);
      if (response.status !== 200) {
        const epochMs = this.#clock.epochMs();
        throw await toUpstreamError(response, {
          upstream,
          redactor,
          maxErrorBytes: maxResponseBytes,
          epochMs,
        });
      }
      const { json } = await readJsonBody(response.body, maxResponseBytes);
      const models = upstream.decodeModels(json);
      const ids = new Set(models.map((model) => model.id));
      const list = { models, ids, fetchedMs: this.#clock.nowMs() };
      this.#failedMs.delete(upstream.name);
      this.#failures.delete(upstream.name);
      this.#cached.set(upstream.name, list);
      this.#options.watchUpstreams.listed(upstream);
      return list;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      this.#failedMs.set(upstream.name, this.#clock.nowMs());
      this.#failures.set(upstream.name, error.message);
      this.#options.watchUpstreams.listFailed({ requestId: callId, upstream, error });
      throw thrown;
    } finally {
      cancelTimer();
    }
  }
}

/** What lists make together, kept as long as they stay the same: with thousands of models it is work. */
class MergedLists<M extends Model> {
  readonly #view: (models: readonly ListedModel[]) => readonly M[];
  #lists: readonly CachedList[] = [];
  #models: readonly M[] = [];

  constructor(view: (models: readonly ListedModel[]) => readonly M[]) {
    this.#view = view;
  }

  of(lists: readonly CachedList[]): readonly M[] {
    const known = this.#lists;
    if (lists.length !== known.length || lists.some((list, index) => list !== known[index])) {
      this.#lists = lists;
      this.#models = this.#view(merge(lists));
    }
    return this.#models;
  }
}

function merge(lists: readonly CachedList[]): readonly ListedModel[] {
  const merged = new Map<string, ListedModel>();
  for (const { models } of lists) {
    for (const model of models) if (!merged.has(model.id)) merged.set(model.id, model);
  }
  return [...merged.values()];
}
