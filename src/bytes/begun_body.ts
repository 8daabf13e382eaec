/** A client's body of which the beginning was read, on its way through. */

import type { HandedBody } from "../core/call.ts";
import type { ByteSource, StreamedBody } from "../core/provider/transport.ts";
import { type NamedModel, withModel } from "./json/named_model.ts";

export interface BegunBodyParts {
  readonly held: Uint8Array<ArrayBuffer>;
  /** What follows; `undefined` where the whole body is held. */
  readonly rest: ByteSource | undefined;
  /** Of the whole, where it is known. */
  readonly lengthBytes: number | undefined;
  readonly named: NamedModel | undefined;
}

/** What is held can be sent again and again; the rest once. */
export class BegunBody implements HandedBody {
  readonly #parts: BegunBodyParts;
  #isGone = false;

  constructor(parts: BegunBodyParts) {
    this.#parts = parts;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  open(model: string): Uint8Array<ArrayBuffer> | StreamedBody | undefined {
    const { held, rest, lengthBytes, named } = this.#parts;
    const isSame = named === undefined || named.name === model;
    const beginning = isSame ? held : withModel(held, named, model);
    if (rest === undefined) return beginning.length === 0 ? undefined : beginning;
    const source = this.#sourceOf(beginning, rest);
    if (lengthBytes === undefined) return { source };
    return { source, lengthBytes: lengthBytes + beginning.length - held.length };
  }

  /** One that nothing was read of leaves the client's body as it is, for another try. */
  #sourceOf(beginning: Uint8Array<ArrayBuffer>, rest: ByteSource): ByteSource {
    let first: Uint8Array<ArrayBuffer> | undefined = beginning;
    return {
      read: async () => {
        this.#isGone = true;
        const bytes = first ?? await rest.read();
        first = undefined;
        return bytes;
      },
      cancel: () => {
        if (this.#isGone) rest.cancel();
      },
    };
  }
}
