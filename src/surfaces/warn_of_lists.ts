/** Says in the answer to a question for models that some may be missing. */

import type { RequestContext } from "./request/request_context.ts";
import { warningText } from "./warning_text.ts";

/** A sentence for each upstream whose list could not be had. */
export type ListWarnings = () => readonly string[];

export function warnOfLists(context: RequestContext, listWarnings: ListWarnings): void {
  const warnings = listWarnings();
  if (warnings.length === 0) return;
  context.headers = [...context.headers, ["x-weir-warning", warningText(warnings)]];
}
