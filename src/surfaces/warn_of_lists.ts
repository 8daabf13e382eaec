/** Says in the answer to a question for models that some may be missing. */

import type { RequestContext } from "./request/request_context.ts";

/** A sentence for each upstream whose list could not be had. */
export type ListWarnings = () => readonly string[];

const MAX_CHARACTERS = 1_000;

export function warnOfLists(context: RequestContext, listWarnings: ListWarnings): void {
  const warnings = listWarnings();
  if (warnings.length === 0) return;
  // An upstream's words may be any text, and a header's may not.
  const text = warnings.join(", ").replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_CHARACTERS);
  context.headers = [...context.headers, ["x-weir-warning", text]];
}
