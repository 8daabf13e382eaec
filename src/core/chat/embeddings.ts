/**
 * The vocabulary of embeddings: what requests ask and answers say, whatever the wire format.
 *
 * @module
 */

import type { NativeField, Usage } from "./chat.ts";

/** A request in neutral form, for where client and provider speak different formats. */
export interface EmbeddingRequest {
  readonly model: string;
  /** Never empty. */
  readonly inputs: readonly string[];
  /** Length of a vector, where the client asks for one. */
  readonly dimensions?: number;
  readonly natives: readonly NativeField[];
}

/** A vector for each input, in their order. */
export interface EmbeddingAnswer {
  readonly vectors: readonly (readonly number[])[];
  /** The model that answers, in the provider's own word. */
  readonly model?: string;
  readonly usage?: Usage;
}
