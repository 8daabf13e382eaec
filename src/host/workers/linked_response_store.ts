/** The store of responses as a thread has it that must ask the main thread. */

import type { ResponseStore } from "../../core/response_store.ts";

/** What is asked of the store; it can be sent to another thread. */
export interface StoreQuestion {
  readonly name: keyof ResponseStore;
  readonly asked: readonly unknown[];
}

type Ask = (question: StoreQuestion) => Promise<unknown>;

export function linkedResponseStore(ask: Ask): ResponseStore {
  const link = <Name extends keyof ResponseStore>(name: Name): ResponseStore[Name] => {
    const linked = (...asked: readonly unknown[]): Promise<unknown> => ask({ name, asked });
    // The other end is of the same program, and answers as the store does.
    return linked as ResponseStore[Name];
  };
  return {
    keep: link("keep"),
    remember: link("remember"),
    find: link("find"),
    history: link("history"),
    remove: link("remove"),
    forget: link("forget"),
    begin: link("begin"),
    append: link("append"),
    untilCancelled: link("untilCancelled"),
    cancel: link("cancel"),
    read: link("read"),
  };
}

/** Answers what the threads ask. */
export function answerFrom(store: ResponseStore): Ask {
  return ({ name, asked }) => {
    const answer = store[name] as (...asked: readonly unknown[]) => Promise<unknown>;
    return answer.apply(store, [...asked]);
  };
}
