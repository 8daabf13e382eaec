/**
 * Lets a request in: who calls, from where, and whether that one's limits have room for it.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { LimitClass, Principal } from "../core/principal.ts";
import type { HeaderList, HeaderReader } from "../core/provider/transport.ts";
import type { ClientAddress } from "./client_address.ts";
import type { AuthenticateFrom } from "./failed_auth.ts";
import { limitHeaders } from "../limits/limit_headers.ts";
import { type LimitRate, refuseOverLimit } from "../limits/limit_rate.ts";
import type { LimitDecision } from "../limits/limit_store.ts";

/** What becomes known of a request when it is let in. */
export interface Visit {
  readonly peerAddress: string;
  principal: Principal;
  account: string;
  /** What its headers say of how its calls are summed up. */
  tags?: Readonly<Record<string, string>>;
  /** Headers of its answer. */
  headers: readonly (readonly [name: string, value: string])[];
}

export interface AdmitParts {
  readonly authenticate: AuthenticateFrom;
  readonly clientAddress: ClientAddress;
  readonly limitRate: LimitRate;
  /** What of a request is for a provider; `undefined` where none takes its callers' own credentials. */
  readonly readOwnCredentials?: ((headers: HeaderReader) => HeaderList) | undefined;
  /** What its headers say of how its calls are summed up; `undefined` where no header says anything. */
  readonly readTags?: ((headers: HeaderReader) => Readonly<Record<string, string>>) | undefined;
  readonly clock: Clock;
}

export interface Admission {
  /**
   * Names who calls and counts the request; at once where nothing has to be asked elsewhere.
   *
   * Throws or rejects with `unauthenticated` or `rate_limited`.
   */
  readonly admit: (
    visit: Visit,
    requestHeaders: HeaderReader,
    readOffered: () => string | undefined,
    classes: readonly LimitClass[],
  ) => void | Promise<void>;
}

export function createAdmission(parts: AdmitParts): Admission {
  const { authenticate, clientAddress, limitRate, readOwnCredentials, readTags, clock } = parts;
  const obey = (visit: Visit, decision: LimitDecision): void => {
    // Before the refusal, which carries them as well.
    visit.headers = limitHeaders(decision, clock.epochMs());
    refuseOverLimit(decision);
  };
  const count = (visit: Visit, classes: readonly LimitClass[]): void | Promise<void> => {
    const decision = limitRate(classes, visit.principal, visit.account);
    if (!(decision instanceof Promise)) return obey(visit, decision);
    return decision.then((made) => obey(visit, made));
  };
  const welcome = (
    visit: Visit,
    principal: Principal,
    address: () => string,
    classes: readonly LimitClass[],
  ): void | Promise<void> => {
    visit.principal = principal;
    // No address begins like this.
    visit.account = principal.hasKey ? `key:${principal.name}` : address();
    return count(visit, classes);
  };
  return {
    admit: (visit, requestHeaders, readOffered, classes) => {
      const address = (): string => clientAddress(requestHeaders, visit.peerAddress);
      const own = (principal: Principal): Principal => {
        const credentials = readOwnCredentials?.(requestHeaders) ?? [];
        return credentials.length === 0 ? principal : { ...principal, credentials };
      };
      if (readTags !== undefined) visit.tags = readTags(requestHeaders);
      const principal = authenticate(readOffered, address);
      if (principal instanceof Promise) {
        return principal.then((known) => welcome(visit, own(known), address, classes));
      }
      return welcome(visit, own(principal), address, classes);
    },
  };
}
