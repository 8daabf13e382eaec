/**
 * Something that expires: a token, a set of keys. Renewed before it does, once for all who need it.
 *
 * @module
 */

import type { CredentialMeans } from "../core/provider/transport.ts";
import { clientGone, GatewayError, toGatewayError } from "../core/gateway_error.ts";
import { OwnSignal, type Signal } from "../core/http/signal.ts";
import { thrownMessage } from "../core/text/thrown_message.ts";

export interface Issued<Value> {
  readonly value: Value;
  /** Milliseconds since 1970; `undefined` where it does not expire. */
  readonly expiresMs: number | undefined;
}

/** Asks whoever issues it. */
export type Issue<Value> = (means: CredentialMeans, signal: Signal) => Promise<Issued<Value>>;

/** Before its end it is renewed beside the calls, so that none has to wait. */
const EARLY_MS = 300_000;
/** Of what is issued for a shorter time, this part is used first. */
const EARLY_PART = 0.2;
/** So near its end it is not used any more: it must still be valid when it arrives. */
const LATE_MS = 15_000;
/** An issuer that failed is not asked again at once. */
const FAILED_MS = 1_000;
/** What is younger is not refused for its age. */
const FRESH_MS = 60_000;
/** Time allowed for all that it takes. */
const TIMEOUT_MS = 10_000;

interface Held<Value> extends Issued<Value> {
  readonly issuedMs: number;
  /** Another is asked for before it is used again. */
  readonly isRefused?: boolean;
}

export class Renewed<Value> {
  readonly #issue: Issue<Value>;
  #held: Held<Value> | undefined;
  #renewing: Promise<Held<Value>> | undefined;
  #failure: { readonly error: GatewayError; readonly atMs: number } | undefined;

  constructor(issue: Issue<Value>) {
    this.#issue = issue;
  }

  /** Rejects with `upstream_auth_failed` where it cannot be had, and with the signal's reason. */
  async get(means: CredentialMeans, signal: Signal): Promise<Value> {
    const nowMs = means.clock.epochMs();
    const held = this.#held;
    const usable = held !== undefined && isUsable(held, nowMs) ? held : undefined;
    if (usable !== undefined && usable.isRefused !== true) {
      if (isDue(usable, nowMs) && !this.#hasJustFailed(nowMs)) this.#renew(means).catch(() => {});
      return usable.value;
    }
    if (this.#hasJustFailed(nowMs)) return valueOf(usable, this.#failure!.error);
    try {
      return (await unlessAborted(this.#renew(means), signal)).value;
    } catch (thrown) {
      if (thrown !== this.#failure?.error) throw thrown;
      return valueOf(usable, thrown);
    }
  }

  /**
   * It was refused: the next one who needs it gets another, where there is one. What was refused may have been the
   * request: it must take nothing from others that they could go on with. `false` where it is so new that another
   * would be refused as well.
   */
  drop(value: Value, { clock }: Pick<CredentialMeans, "clock">): boolean {
    const held = this.#held;
    if (held === undefined || held.value !== value) return true;
    if (clock.epochMs() - held.issuedMs < FRESH_MS) return false;
    this.#held = { ...held, isRefused: true };
    return true;
  }

  #hasJustFailed(nowMs: number): boolean {
    return this.#failure !== undefined && nowMs - this.#failure.atMs < FAILED_MS;
  }

  #renew(means: CredentialMeans): Promise<Held<Value>> {
    this.#renewing ??= this.#ask(means).finally(() => this.#renewing = undefined);
    return this.#renewing;
  }

  async #ask(means: CredentialMeans): Promise<Held<Value>> {
    const { clock } = means;
    const own = new OwnSignal();
    const cancelTimer = clock.schedule(TIMEOUT_MS, () => {
      own.abort(new GatewayError("upstream_timeout", `No answer within ${TIMEOUT_MS} ms`));
    });
    try {
      const issued = await this.#issue(means, own);
      this.#failure = undefined;
      return this.#held = { ...issued, issuedMs: clock.epochMs() };
    } catch (thrown) {
      const error = noCredentials(thrown);
      this.#failure = { error, atMs: clock.epochMs() };
      throw error;
    } finally {
      cancelTimer();
    }
  }
}

/** That of what is still held; throws where nothing is. */
function valueOf<Value>(held: Held<Value> | undefined, error: unknown): Value {
  if (held === undefined) throw error;
  return held.value;
}

function isUsable({ expiresMs }: Held<unknown>, nowMs: number): boolean {
  return expiresMs === undefined || expiresMs - nowMs > LATE_MS;
}

function isDue({ expiresMs, issuedMs }: Held<unknown>, nowMs: number): boolean {
  if (expiresMs === undefined) return false;
  return expiresMs - nowMs < Math.min(EARLY_MS, (expiresMs - issuedMs) * EARLY_PART);
}

/** The renewal goes on for the others. */
function unlessAborted<Result>(pending: Promise<Result>, signal: Signal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(signal.reason === undefined ? clientGone() : toGatewayError(signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    pending.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** What the client is told; why is for the log. */
export function noCredentials(thrown: unknown): GatewayError {
  const reason = thrownMessage(thrown);
  const cause = thrown instanceof GatewayError && thrown.cause !== undefined
    ? `${reason}: ${String(thrown.cause)}`
    : reason;
  return new GatewayError(
    "upstream_auth_failed",
    "This gateway could not get its own credentials for the upstream; whoever runs it finds the " +
      "reason in its log: your key and your request are not the cause",
    { shouldRetry: false, cause: new Error(cause) },
  );
}
