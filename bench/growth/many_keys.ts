/** Keys by their numbers, and calls that each come with another one. */

import type { Program } from "../../tests/support/program.ts";
import { ask, chat } from "./dimension.ts";

export function keyOf(index: number): string {
  return `weir_${String(index).padStart(43, "0")}`;
}

/** On and on, so that every round meets keys that none before it did. */
export function callWithKeys({ url }: Program, count: number): () => Promise<void> {
  const { headers, ...request } = chat("m");
  let next = 0;
  return () => {
    const authorization = `Bearer ${keyOf(next++ * 7_919 % count)}`;
    return ask(`${url}/v1/chat/completions`, {
      ...request,
      headers: { ...headers, authorization },
    });
  };
}
