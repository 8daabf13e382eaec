/**
 * The models of all upstreams as one list.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { Transport } from "../core/transport.ts";
import type { Model, Upstream } from "../core/upstream.ts";
import { readJsonBody } from "./read_body.ts";
import { toUpstreamError } from "./upstream_answer.ts";

export interface CatalogOptions {
  /** Age up to which a list is served without asking again. */
  readonly maxAgeMs: number;
  /** Time allowed for one upstream's list. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

interface CachedList {
  readonly models: readonly Model[];
  readonly ids: ReadonlySet<string>;
  readonly fetchedMs: number;
}

/**
 * Lists models. Each upstream's list is cached; one request for it is in flight at a time, and the
 * last list known is served while the upstream fails (T51).
 */
export class ModelCatalog {
  readonly #upstreams: readonly Upstream[];
  readonly #transport: Transport;
  readonly #options: CatalogOptions;
  readonly #clock: Clock;
  readonly #cached = new Map<string, CachedList>();
  readonly #pending = new Map<string, Promise<readonly Model[]>>();
  /** When an upstream's list could not be had, last. */
  readonly #failedMs = new Map<string, number>();

  constructor(
    upstreams: readonly Upstream[],
    transport: Transport,
    options: CatalogOptions,
    clock: Clock,
  ) {
    this.#upstreams = upstreams;
    this.#transport = transport;
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Every model once, in the order of the upstreams; the first to list an id has it.
   *
   * Throws `GatewayError` only when no upstream's list is known at all.
   */
  async list(callId: string): Promise<readonly Model[]> {
    const results = await Promise.allSettled(
      this.#upstreams.map((upstream) => this.#listOf(upstream, callId)),
    );
    const models = new Map<string, Model>();
    for (const result of results) {
      if (result.status !== "fulfilled") continue;
      for (const model of result.value) if (!models.has(model.id)) models.set(model.id, model);
    }
    const failed = results.find((result) => result.status === "rejected");
    if (models.size === 0 && failed !== undefined) throw toGatewayError(failed.reason);
    return [...models.values()];
  }

  /**
   * The ids that an upstream lists; `undefined` where its list cannot be had. A list that is too old is
   * served all the same while it is asked for again, and one that failed is not asked for again until
   * it would be too old: nobody waits for a list but those who come first.
   */
  async idsOf(upstream: Upstream, callId: string): Promise<ReadonlySet<string> | undefined> {
    const failedMs = this.#failedMs.get(upstream.name);
    if (failedMs !== undefined && this.#clock.nowMs() - failedMs < this.#options.maxAgeMs) {
      return this.#cached.get(upstream.name)?.ids;
    }
    const listing = this.#listOf(upstream, callId);
    listing.catch(() => {});
    const known = this.#cached.get(upstream.name);
    if (known !== undefined) return known.ids;
    await listing.catch(() => {});
    return this.#cached.get(upstream.name)?.ids;
  }

  #listOf(upstream: Upstream, callId: string): Promise<readonly Model[]> {
    const cached = this.#cached.get(upstream.name);
    if (cached && this.#clock.nowMs() - cached.fetchedMs < this.#options.maxAgeMs) {
      return Promise.resolve(cached.models);
    }
    const pending = this.#pending.get(upstream.name) ??
      this.#fetch(upstream, callId).finally(() => this.#pending.delete(upstream.name));
    this.#pending.set(upstream.name, pending);
    return cached === undefined ? pending : pending.catch(() => cached.models);
  }

  async #fetch(upstream: Upstream, callId: string): Promise<readonly Model[]> {
    const { timeoutMs, maxResponseBytes } = this.#options;
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
          maxErrorBytes: maxResponseBytes,
          epochMs,
        });
      }
      const { json } = await readJsonBody(response.body, maxResponseBytes);
      const models = upstream.decodeModels(json);
      const ids = new Set(models.map((model) => model.id));
      this.#failedMs.delete(upstream.name);
      this.#cached.set(upstream.name, { models, ids, fetchedMs: this.#clock.nowMs() });
      return models;
    } catch (thrown) {
      this.#failedMs.set(upstream.name, this.#clock.nowMs());
      throw thrown;
    } finally {
      cancelTimer();
    }
  }
}
