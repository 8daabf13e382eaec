/** What the playground begins with, where another page leads there. */

import { signal } from "@preact/signals";

export interface Start {
  readonly model: string;
  readonly surface: string | undefined;
  readonly prompt: string;
}

const NOTHING: Start = { model: "", surface: undefined, prompt: "" };

export const start = signal(NOTHING);

export function startWith(next: Start): void {
  start.value = next;
}

/** It is for the next visit alone. */
export function forgetStart(): void {
  start.value = NOTHING;
}
