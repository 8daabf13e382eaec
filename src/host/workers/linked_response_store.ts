/** The store of responses as a thread has it that must ask the main thread. */

import type { ResponseStore } from "../../core/response_store.ts";
import { type AskMethod, linkMethods } from "./linked_methods.ts";

const METHODS: Readonly<Record<keyof ResponseStore, true>> = {
  keep: true,
  remember: true,
  find: true,
  history: true,
  remove: true,
  forget: true,
  begin: true,
  append: true,
  untilCancelled: true,
  cancel: true,
  read: true,
};

export function linkedResponseStore(ask: AskMethod<ResponseStore>): ResponseStore {
  return linkMethods(METHODS, ask);
}
