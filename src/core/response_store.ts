/**
 * Where responses last beyond the request that made them, and what of them runs in the background.
 *
 * All that is asked and answered can be sent to another thread: one thread has the store, all may ask it.
 *
 * @module
 */

/** A response, and who asks for it: to anybody else it is unknown. */
export interface ResponseKey {
  readonly id: string;
  /** Whom the key that made it belongs to. */
  readonly owner: string;
}

/** A response that Weir wrote itself. */
export interface KeptResponse extends ResponseKey {
  /** The response whose items come before its own. */
  readonly previous: string | undefined;
  /** JSON text of the items that it was asked with, without those of the responses before it. */
  readonly input: Uint8Array<ArrayBuffer>;
  /** JSON text of the response itself. */
  readonly answer: Uint8Array<ArrayBuffer>;
  /** It ran in the background: one that was deleted meanwhile is not kept. */
  readonly isBackground: boolean;
}

/** A response that a provider keeps under an id of its own. */
export interface IssuedResponse extends ResponseKey {
  /** Name of the provider. */
  readonly upstream: string;
}

/** What is known of a response that somebody asks for. */
export type FoundResponse =
  | {
    readonly kind: "kept";
    readonly response: KeptResponse;
    readonly isRunning: boolean;
    /** Its events can be read. */
    readonly hasEvents: boolean;
  }
  | { readonly kind: "issued"; readonly upstream: string }
  /** Somebody else's. */
  | { readonly kind: "foreign" }
  | { readonly kind: "unknown" };

/** Events of a response in the background, from one sequence number on. */
export interface EventPage {
  /** Whole events, as they were written first. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Sequence number of the last of them; the one that was asked after where there are none yet. */
  readonly last: number;
  /** There are no more, and will be none. */
  readonly isOver: boolean;
}

/** Events that were written at once. */
export interface NewEvents {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where in the bytes each of them ends. */
  readonly ends: readonly number[];
}

export interface ResponseStore {
  /** Keeps a response that is over. */
  keep(response: KeptResponse): Promise<void>;
  /** Notes who made a response that a provider keeps. */
  remember(issued: IssuedResponse): Promise<void>;
  find(key: ResponseKey): Promise<FoundResponse>;
  /** A response and those before it, the first of them first; `undefined` where one is not kept (any more). */
  history(key: ResponseKey): Promise<readonly KeptResponse[] | undefined>;
  /** Deletes a kept one; whether there was one. One that runs is ended. */
  remove(key: ResponseKey): Promise<boolean>;
  /** Its provider does not have it any more. */
  forget(key: ResponseKey): Promise<void>;
  /** Keeps a response that begins to run in the background on a thread. False where as many run as may. */
  begin(response: KeptResponse, thread: number): Promise<boolean>;
  /** Adds to the events of one that runs. */
  append(events: NewEvents): Promise<void>;
  /** Resolves when it is to be ended (true), or is over (false). */
  untilCancelled(id: string): Promise<boolean>;
  /** Asks to end one that runs. False where it does not run. */
  cancel(key: ResponseKey): Promise<boolean>;
  /**
   * The events after a sequence number, once there are any, it is over or a while has passed. `undefined`
   * where its events are not kept (any more).
   */
  read(key: ResponseKey, after: number): Promise<EventPage | undefined>;
}
