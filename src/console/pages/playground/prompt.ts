/** What the playground begins with, where another page leads there. */

import { signal } from "@preact/signals";

export interface Start {
  readonly model: string;
  readonly surface: string | undefined;
  readonly prompt: string;
}

export const start = signal<Start>({ model: "", surface: undefined, prompt: "" });

export function startWith(next: Start): void {
  start.value = next;
}
