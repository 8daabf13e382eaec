/** Unpacks a compressed body as it is read. */

import { GatewayError } from "../core/gateway_error.ts";
import type { ByteSource } from "../core/provider/transport.ts";

/**
 * Most that is unpacked in one step. Deflate grows a thousandfold at worst, so 8 KiB make about
 * 8 MiB at most and a caller with a bound notices in time.
 */
const MAX_STEP_BYTES = 8_192;

/** The unpacked bytes of another source; it is read only as far as this one is. */
export class InflatedSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #corrupt: (cause: unknown) => GatewayError;
  readonly #writer: WritableStreamDefaultWriter<BufferSource>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #isFed = false;
  #isDone = false;
  #failure: GatewayError | undefined;

  /** @param corrupt The failure for bytes that are not packed as they should be, or stop short. */
  constructor(
    source: ByteSource,
    format: "gzip" | "deflate",
    corrupt: (cause: unknown) => GatewayError,
  ) {
    this.#source = source;
    this.#corrupt = corrupt;
    const stream = new DecompressionStream(format);
    this.#writer = stream.writable.getWriter();
    this.#reader = stream.readable.getReader();
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!this.#isFed) {
      this.#isFed = true;
      void this.#feed();
    }
    while (!this.#isDone) {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        const { done, value } = await this.#reader.read();
        if (done) this.#isDone = this.#failure === undefined;
        else if (value.length > 0) return value;
      } catch (thrown) {
        this.#failure ??= thrown instanceof GatewayError ? thrown : this.#corrupt(thrown);
      }
    }
    return null;
  }

  cancel(): void {
    if (this.#isDone || this.#failure !== undefined) return;
    this.#failure = new GatewayError("client_closed", "The body was given up before its end");
    this.#source.cancel();
    this.#reader.cancel().catch(() => {});
  }

  /** Never rejects: what goes wrong here reaches the reader through the stream. */
  async #feed(): Promise<void> {
    try {
      for (let bytes; (bytes = await this.#source.read()) !== null;) {
        for (let position = 0; position < bytes.length; position += MAX_STEP_BYTES) {
          await this.#writer.write(bytes.subarray(position, position + MAX_STEP_BYTES));
        }
      }
      await this.#writer.close();
    } catch (thrown) {
      this.#source.cancel();
      await this.#writer.abort(thrown).catch(() => {});
    }
  }
}
