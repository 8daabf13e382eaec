/**
 * A request's body on its way out while it is still coming in.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import type { StreamedBody, UpstreamRequest } from "../core/transport.ts";
import { cancelled } from "./failures.ts";

/** Hands out a streamed body piece by piece, and holds it to its declared length. */
export class OutgoingBody {
  readonly lengthBytes: number | undefined;
  /** Its sender is to blame for a silence, not the upstream. */
  isWaiting = false;
  /** Why it will never be whole. */
  failure: GatewayError | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #takenBytes = 0;

  constructor({ stream, lengthBytes }: StreamedBody) {
    this.lengthBytes = lengthBytes;
    this.#reader = stream.getReader();
  }

  /** The body of `request`, where it is a streamed one. */
  static of({ body }: UpstreamRequest): OutgoingBody | undefined {
    return body === undefined || body instanceof Uint8Array ? undefined : new OutgoingBody(body);
  }

  /** The next bytes, never empty, or `null` after the last. Rejects with `GatewayError`. */
  async next(): Promise<Uint8Array<ArrayBuffer> | null> {
    let bytes: Uint8Array<ArrayBuffer> | undefined;
    this.isWaiting = true;
    try {
      do {
        if (this.failure !== undefined) throw this.failure;
        bytes = (await this.#reader.read()).value;
      } while (bytes?.length === 0);
    } catch (thrown) {
      this.failure ??= thrown instanceof GatewayError ? thrown : brokenOff(thrown);
    }
    this.isWaiting = false;
    // A cancelled stream looks as if it were at its end.
    if (this.failure !== undefined) throw this.failure;
    this.#takenBytes += bytes?.length ?? 0;
    if (this.#isWrongLength(bytes === undefined)) {
      this.cancel(wrongLength());
      throw wrongLength();
    }
    return bytes ?? null;
  }

  /** Gives the rest up. Never throws. */
  cancel(failure: GatewayError = cancelled()): void {
    this.failure ??= failure;
    this.#reader.cancel(failure).catch(() => {}); // It rejects where the stream has failed.
  }

  #isWrongLength(isAtEnd: boolean): boolean {
    if (this.lengthBytes === undefined) return false;
    return isAtEnd ? this.#takenBytes < this.lengthBytes : this.#takenBytes > this.lengthBytes;
  }
}

/** The upstream waits for a body that does not come. */
export function stalled(timeoutMs: number): GatewayError {
  return new GatewayError(
    "request_timeout",
    `Nothing of the request's body arrived for ${timeoutMs} ms`,
  );
}

function brokenOff(cause: unknown): GatewayError {
  return new GatewayError("client_closed", "The request's body broke off", { cause });
}

function wrongLength(): GatewayError {
  return new GatewayError("invalid_request", "The request's body is not as long as it says", {
    code: "wrong_content_length",
  });
}
