/**
 * What is charged for one request, by what became of it.
 *
 * | what became of it | what is charged |
 * | --- | --- |
 * | never sent; refused or failed by a status or an error of its provider that had no output | nothing |
 * | a count of tokens; what is handed through and makes nothing (neither a `POST` nor a socket) | nothing |
 * | an answer that is over, and told its usage | what it told |
 * | an answer that broke off, was left or given up, with a first count of its usage | its prompt, and what was heard: estimated |
 * | the same without a word of usage, or no answer to what was sent | the estimated prompt, and what was heard: estimated |
 * | a whole answer without usage | the same: estimated |
 * | what is handed through and tells no usage | unknown |
 *
 * @module
 */

import type { Usage } from "../../../core/chat/chat.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { Operation } from "../../../core/provider/provider.ts";
import { INVALID_CALL } from "../../emulated_tools/emulated_tools.ts";
import type { Heard } from "../attempt.ts";

/** Tokens that are charged; `nothing` was, or nobody knows. */
export type Charge =
  | { readonly kind: "told" | "estimated"; readonly usage: Usage }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown" };

/** One request, when it is over. */
export interface EndedRequest {
  readonly operation: Operation;
  /** Of what is handed through. */
  readonly method: string | undefined;
  /** What it failed for before any output left; `undefined` where its answer began. */
  readonly error: GatewayError | undefined;
  /** Its answer is whole. */
  readonly isComplete: boolean;
  readonly heard: Partial<Heard>;
  /** An estimate. */
  readonly promptTokens: number;
}

const NOTHING: Charge = { kind: "nothing" };

export function chargeOf(ended: EndedRequest): Charge {
  const { operation, method = "POST", error, isComplete, heard } = ended;
  if (isFreeOfCharge(operation, method)) return NOTHING;
  const { usage, finishReason } = heard;
  // What is asked for again was read to its end.
  const isOver = isComplete || finishReason !== undefined || error?.code === INVALID_CALL;
  if (usage !== undefined && isOver) {
    return { kind: "told", usage };
  }
  if (error !== undefined && isFree(error) && heard.hasOutput !== true) {
    return usage === undefined ? NOTHING : { kind: "told", usage };
  }
  if (operation === "hand_through" && usage === undefined) return { kind: "unknown" };
  return { kind: "estimated", usage: estimated(ended, usage) };
}

/** A count costs nothing, and what is read, changed or deleted again has cost what it has. */
export function isFreeOfCharge(operation: Operation, method = "POST"): boolean {
  return operation === "count_tokens" || method !== "POST";
}

/** Failures of which nobody charges anything: nothing was sent, or the provider itself has refused. */
function isFree({ kind, mayBePaid, code }: GatewayError): boolean {
  if (mayBePaid) return false;
  switch (kind) {
    case "client_closed":
    case "internal":
    case "shutting_down":
    case "upstream_timeout":
    case "upstream_truncated":
      return false;
    case "upstream_invalid_response":
      return code !== "response_too_large";
    default:
      return true;
  }
}

function estimated(
  { operation, promptTokens, heard }: EndedRequest,
  told: Usage | undefined,
): Usage {
  const inputTokens = told?.inputTokens ?? promptTokens;
  const outputTokens = operation === "embeddings"
    ? 0
    : Math.max(told?.outputTokens ?? 0, heard.heardText?.tokens ?? 0);
  return { ...told, inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
