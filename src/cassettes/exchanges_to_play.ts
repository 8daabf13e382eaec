/**
 * Which exchange of a recording answers a request. However many there are, those that it does not answer are not
 * gone through.
 *
 * @module
 */

import { cassetteOf } from "../core/provider/cassette_address.ts";
import type { ProviderRequest } from "../core/provider/transport.ts";
import type { RecordedExchange } from "./exchange.ts";
import type { CassetteOptions } from "./options.ts";

interface PlacedExchange {
  readonly exchange: RecordedExchange;
  /** In the recording. */
  readonly place: number;
}

/** Exchanges of one address that answer the same, in the order of the recording, and how many are played. */
interface Sequence {
  readonly exchanges: PlacedExchange[];
  played: number;
}

interface RecordedAddress {
  readonly method: string;
  readonly url: URL;
  /** By what a request must have in common with them. */
  readonly sequences: Map<string, Sequence>;
}

type Asked = Pick<ProviderRequest, "method" | "url">;

export class ExchangesToPlay {
  readonly #match: CassetteOptions["match"];
  /** A few, mostly. */
  readonly #addresses: readonly RecordedAddress[];

  constructor(exchanges: readonly RecordedExchange[], match: CassetteOptions["match"]) {
    this.#match = match;
    const addresses = new Map<string, RecordedAddress>();
    for (const [place, exchange] of exchanges.entries()) {
      const { method, url: text, hash } = exchange.request;
      const url = new URL(text);
      const name = `${method} ${url.origin} ${url.pathname}`;
      const address = addresses.get(name) ?? { method, url, sequences: new Map() };
      addresses.set(name, address);
      const key = this.#keyOf(hash);
      const sequence = address.sequences.get(key) ?? { exchanges: [], played: 0 };
      address.sequences.set(key, sequence);
      sequence.exchanges.push({ exchange, place });
    }
    this.#addresses = [...addresses.values()];
  }

  /** The next that answers the request; what was not kept stays the next. */
  take(request: Asked, hash: string): RecordedExchange | undefined {
    const key = this.#keyOf(hash);
    const same = this.#at(request).flatMap(({ sequences }) => sequences.get(key) ?? []);
    const [sequence] = same.filter(({ exchanges, played }) => played < exchanges.length)
      .sort((left, right) => placeOfNext(left) - placeOfNext(right));
    // A test that is run again asks the same again.
    if (sequence === undefined) return this.#match === "exact" ? lastOf(same) : undefined;
    const next = sequence.exchanges[sequence.played]?.exchange;
    if (next?.end.how !== "not_kept") sequence.played++;
    return next;
  }

  /** All of the request's address, in the order of the recording. */
  at(request: Asked): readonly RecordedExchange[] {
    return this.#at(request)
      .flatMap(({ sequences }) => [...sequences.values()].flatMap(({ exchanges }) => exchanges))
      .sort((left, right) => left.place - right.place)
      .map(({ exchange }) => exchange);
  }

  /** Those of the same server, where it is known; of any, where the address is the recording's. */
  #at({ method, url }: Asked): readonly RecordedAddress[] {
    const path = pathOf(url);
    const there = this.#addresses.filter((address) =>
      address.method === method && isSamePath(address.url.pathname, path)
    );
    const own = there.filter(({ url: { origin } }) => origin === url.origin);
    return own.length > 0 ? own : there;
  }

  #keyOf(hash: string): string {
    return this.#match === "exact" ? hash : "";
  }
}

export function pathOf(url: URL): string {
  return cassetteOf(url)?.path ?? url.pathname;
}

/** Whether one is the end of the other: the addresses of an API may have different beginnings. */
function isSamePath(left: string, right: string): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return long.endsWith(short);
}

function placeOfNext({ exchanges, played }: Sequence): number {
  return exchanges[played]?.place ?? Infinity;
}

function lastOf(sequences: readonly Sequence[]): RecordedExchange | undefined {
  const last = sequences.flatMap(({ exchanges }) => exchanges.at(-1) ?? []);
  return last.sort((left, right) => right.place - left.place)[0]?.exchange;
}
