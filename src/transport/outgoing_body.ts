/**
 * A request's body on its way out while it is still coming in.
 *
 * @module
 */

import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { ByteSource, ProviderRequest, StreamedBody } from "../core/provider/transport.ts";
import { cancelled } from "./failures.ts";

/** Hands out a streamed body piece by piece, and holds it to its declared length. */
export class OutgoingBody {
  readonly lengthBytes: number | undefined;
  /** Its sender is to blame for a silence, not the upstream. */
  isWaiting = false;
  /** Why it will never be whole. */
  failure: GatewayError | undefined;
  readonly #source: ByteSource;
  #takenBytes = 0;

  constructor({ source, lengthBytes }: StreamedBody) {
    this.lengthBytes = lengthBytes;
    this.#source = source;
  }

  /** The body of `request`, where it is a streamed one. */
  static of({ body }: ProviderRequest): OutgoingBody | undefined {
    return body === undefined || body instanceof Uint8Array ? undefined : new OutgoingBody(body);
  }

  /** The next bytes, never empty, or `null` after the last. Rejects with `GatewayError`. */
  async next(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.failure !== undefined) throw this.failure;
    let bytes: Uint8Array<ArrayBuffer> | null = null;
    this.isWaiting = true;
    try {
      bytes = await this.#source.read();
    } catch (thrown) {
      this.failure ??= toGatewayError(thrown);
    }
    this.isWaiting = false;
    // A cancelled source looks as if it were at its end.
    if (this.failure !== undefined) throw this.failure;
    this.#takenBytes += bytes?.length ?? 0;
    if (this.#isWrongLength(bytes === null)) {
      this.cancel(wrongLength());
      throw wrongLength();
    }
    return bytes;
  }

  /** Gives the rest up. Never throws. */
  cancel(failure: GatewayError = cancelled()): void {
    this.failure ??= failure;
    this.#source.cancel();
  }

  #isWrongLength(isAtEnd: boolean): boolean {
    if (this.lengthBytes === undefined) return false;
    return isAtEnd ? this.#takenBytes < this.lengthBytes : this.#takenBytes > this.lengthBytes;
  }
}

function wrongLength(): GatewayError {
  return new GatewayError("invalid_request", "The request's body is not as long as it says", {
    code: "wrong_content_length",
  });
}
