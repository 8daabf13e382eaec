/** A client's request body on its way in, held to its bounds. */

import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { ByteSource } from "../core/provider/transport.ts";

/** A body may come in so many pieces whatever their size; each costs as much as thousands of bytes. */
const MAX_SMALL_PIECES = 10_000;
/** Beyond those, what a piece has to have on average. */
const MIN_MEAN_PIECE_BYTES = 64;

/** Within what a body is read. */
export interface BodyBounds {
  readonly maxBodyBytes: number;
  /** Time that may be spent waiting for it in all. */
  readonly bodyTimeoutMs: number;
  /** Longest silence within it. */
  readonly bodyIdleTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * Fails with `body_too_large`, with `request_timeout`, with `invalid_request` where it comes in crumbs,
 * or with `client_closed` where it breaks off.
 */
export class ClientBody implements ByteSource {
  readonly #source: ByteSource;
  readonly #bounds: BodyBounds;
  #receivedBytes = 0;
  #pieces = 0;
  /** Not the age of the body: whoever reads it may be slow as well. */
  #waitedMs = 0;
  #failure: GatewayError | undefined;

  constructor(source: ByteSource, bounds: BodyBounds) {
    this.#source = source;
    this.#bounds = bounds;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { clock, maxBodyBytes } = this.#bounds;
    const cancelTimer = this.#startTimer();
    const startedMs = clock.nowMs();
    let bytes: Uint8Array<ArrayBuffer> | null = null;
    try {
      bytes = await this.#source.read();
    } catch (thrown) {
      this.#failure ??= thrown instanceof GatewayError ? thrown : bodyBrokeOff(thrown);
    }
    cancelTimer();
    this.#waitedMs += clock.nowMs() - startedMs;
    this.#receivedBytes += bytes?.length ?? 0;
    if (this.#receivedBytes > maxBodyBytes) this.#fail(bodyTooLarge(maxBodyBytes));
    const isFree = ++this.#pieces <= MAX_SMALL_PIECES;
    if (!isFree && this.#receivedBytes < this.#pieces * MIN_MEAN_PIECE_BYTES) {
      this.#fail(bodyInCrumbs());
    }
    // A source that was given up may look as if it were at its end.
    if (this.#failure !== undefined) throw this.#failure;
    return bytes;
  }

  cancel(): void {
    this.#source.cancel();
  }

  #startTimer(): () => void {
    const { clock, bodyTimeoutMs, bodyIdleTimeoutMs } = this.#bounds;
    const leftMs = Math.max(0, bodyTimeoutMs - this.#waitedMs);
    const failure = leftMs < bodyIdleTimeoutMs
      ? () => bodyIsLate(bodyTimeoutMs)
      : () => bodyIsSilent(bodyIdleTimeoutMs);
    return clock.schedule(Math.min(leftMs, bodyIdleTimeoutMs), () => this.#fail(failure()));
  }

  #fail(failure: GatewayError): void {
    this.#failure ??= failure;
    this.cancel();
  }
}

export function bodyTooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError(
    "body_too_large",
    `The body is larger than ${maxBodyBytes} bytes; send less`,
  );
}

export function bodyIsLate(timeoutMs: number): GatewayError {
  return new GatewayError("request_timeout", `The body did not arrive within ${timeoutMs} ms`);
}

export function bodyIsSilent(timeoutMs: number): GatewayError {
  return new GatewayError(
    "request_timeout",
    `Nothing of the request's body arrived for ${timeoutMs} ms; send it again`,
  );
}

function bodyInCrumbs(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The body comes in too many small pieces; send it with a Content-Length or in larger chunks",
    { code: "body_too_fragmented" },
  );
}

/** The client left, or a stop of the server has ended what it was still sending. */
export function bodyBrokeOff(cause: unknown): GatewayError {
  return new GatewayError("client_closed", "The body ended early; send the request again", {
    cause,
  });
}
