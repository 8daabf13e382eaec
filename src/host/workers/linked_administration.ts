/** What only the main thread can do, as a thread has it that must ask that one. */

import type { Administration } from "../../core/administration.ts";
import { type AskMethod, linkMethods } from "./linked_methods.ts";

const METHODS: Readonly<Record<keyof Administration, true>> = {
  configuration: true,
  check: true,
  reload: true,
  diagnose: true,
};

export function linkedAdministration(ask: AskMethod<Administration>): Administration {
  return linkMethods(METHODS, ask);
}
