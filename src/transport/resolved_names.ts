/**
 * Judges names before they are called, for a client that does not say where it connects.
 *
 * `fetch` looks a name up by itself, so another answer than the one that was judged may reach it. The own
 * client has no such gap.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import type { Clock } from "../core/clock.ts";
import { checkAddress } from "./address_rules.ts";
import { connectFailure } from "./failures.ts";
import type { TransportOptions } from "./transport_options.ts";

/** Time for which a name is taken to stand for what it stood for. */
const GOOD_FOR_MS = 10_000;

/** All addresses of a name, those of `/etc/hosts` included. */
export type LookUp = (hostname: string) => Promise<readonly string[]>;

async function askSystem(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

/** Remembers for each host, of which the configuration has few, until when it need not be looked up. */
export class ResolvedNames {
  readonly #options: TransportOptions;
  readonly #clock: Clock;
  readonly #lookUp: LookUp;
  readonly #goodUntilMs = new Map<string, number>();

  constructor(options: TransportOptions, clock: Clock, lookUp: LookUp = askSystem) {
    this.#options = options;
    this.#clock = clock;
    this.#lookUp = lookUp;
  }

  /**
   * Judges every address that the host of `url` stands for.
   *
   * Rejects with `upstream_unreachable`, and with the reason of `signal` where that aborts first.
   */
  async check(url: URL, signal: AbortSignal): Promise<void> {
    const { hostname } = url;
    if (this.#clock.nowMs() < (this.#goodUntilMs.get(hostname) ?? 0)) return;
    for (const address of await this.#addressesOf(hostname, signal)) {
      checkAddress(url, address, this.#options);
    }
    this.#goodUntilMs.set(hostname, this.#clock.nowMs() + GOOD_FOR_MS);
  }

  async #addressesOf(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    const found = this.#lookUp(hostname).catch((thrown) => {
      throw connectFailure(thrown);
    });
    try {
      return await Promise.race([found, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
