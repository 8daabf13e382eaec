/** The keys that one request was tried with, and what they have shown of themselves. */

import type { Clock } from "../../../core/clock.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { Provider, Target } from "../../../core/provider/provider.ts";
import type { ProviderRequest } from "../../../core/provider/transport.ts";
import type { ProviderKey } from "../../../core/provider/provider_key.ts";
import type { Session } from "../../../core/chat/session.ts";
import { isKeyRefused, isPerhapsTheRequest, type ProviderKeys } from "./provider_keys.ts";

interface Refusal {
  readonly key: ProviderKey;
  readonly error: GatewayError;
}

export class KeyTries {
  readonly #keys: ProviderKeys;
  readonly #provider: Provider;
  readonly #session: Session | undefined;
  readonly #clock: Clock;
  readonly #tried: ProviderKey[] = [];
  /** They count once another key has served the same request. */
  #unproven: readonly Refusal[] = [];
  /** They have no room for a call now. */
  #full: readonly ProviderKey[] = [];
  #current: ProviderKey | undefined;

  constructor(
    keys: ProviderKeys,
    { provider, session }: Pick<Target, "provider" | "session">,
    clock: Clock,
  ) {
    this.#keys = keys;
    this.#provider = provider;
    this.#session = session;
    this.#clock = clock;
    if (provider.keys !== undefined) this.#current = this.#choose([]);
  }

  /** Name of the key that the next request carries; one key alone has none to be told. */
  get shownName(): string | undefined {
    return (this.#provider.keys ?? []).length > 1 ? this.#current?.name : undefined;
  }

  /** The request with its key; the same where the provider's requests have theirs already. */
  authorize(request: ProviderRequest): ProviderRequest {
    return this.#current?.authorize(request) ?? request;
  }

  /** The target as it is asked with the key: limits are each key's own. */
  asKeyed(target: Target): Target {
    const key = this.shownName;
    return key === undefined ? target : { ...target, key };
  }

  /** Goes on to a key that may have room for the call; `false` where there is no other. */
  passOver(): boolean {
    if (this.#current === undefined || this.shownName === undefined) return false;
    const full = [...this.#full, this.#current];
    const next = this.#choose([...this.#tried, ...full]);
    if (next === undefined) return false;
    this.#full = full;
    this.#current = next;
    return true;
  }

  /** Returns what goes back to the present key. */
  mark(): () => void {
    const marked = this.#current;
    return () => this.#current = marked;
  }

  answered(): void {
    if (this.#current === undefined) return;
    this.#keys.answered(this.#provider, this.#current);
    const nowMs = this.#clock.nowMs();
    for (const { key, error } of this.#unproven) {
      this.#keys.refused(this.#provider, key, error, nowMs);
    }
  }

  /** Whether the request failed for its key alone, and there is another one to send it with. */
  failed(error: GatewayError): boolean {
    const key = this.#current;
    if (key === undefined || !isKeyRefused(error)) return false;
    const nowMs = this.#clock.nowMs();
    if (isPerhapsTheRequest(error)) this.#unproven = [...this.#unproven, { key, error }];
    else this.#keys.refused(this.#provider, key, error, nowMs);
    this.#tried.push(key);
    const next = this.#choose(this.#tried);
    if (next === undefined) return false;
    this.#current = next;
    return true;
  }

  #choose(without: readonly ProviderKey[]): ProviderKey | undefined {
    return this.#keys.choose(this.#provider, without, this.#clock.nowMs(), this.#session);
  }
}
