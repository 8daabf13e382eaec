/** Where responses lie, and whose they are; bounded. */

import type { IssuedResponse, KeptResponse } from "../../core/response_store.ts";

export interface ResponseShelf {
  /** Takes the place of one with the same id. What does not fit makes others give way, or is not kept. */
  put(response: KeptResponse, isRunning: boolean): void;
  /** It counts as used by that. */
  get(id: string): KeptResponse | undefined;
  delete(id: string): void;
  /** Notes who made a response that a provider keeps. */
  remember(issued: IssuedResponse): void;
  issuedAs(id: string): IssuedResponse | undefined;
  forget(id: string): void;
  close(): void;
}

/** What a response counts as. */
export function sizeOf({ input, answer }: KeptResponse): number {
  // What the entry itself takes is about that much.
  return input.length + answer.length + 512;
}
