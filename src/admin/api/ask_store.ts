/** What is asked of the ledger's store, which may be away. */

import { GatewayError } from "../../core/gateway_error.ts";

const RETRY_AFTER_MS = 1_000;
/** By its name, since errors of other threads come as plain ones. */
const UNANSWERABLE = "LedgerQueryError";

/** Rejects with `invalid_request` for a question that has no answer, and `overloaded` where the store is away. */
export async function askStore<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === UNANSWERABLE) {
      throw new GatewayError("invalid_request", thrown.message, { code: "invalid_query" });
    }
    throw new GatewayError(
      "overloaded",
      "The ledger cannot be reached now, or could not do it; try again in a moment",
      { code: "ledger_unavailable", retryAfterMs: RETRY_AFTER_MS, cause: thrown },
    );
  }
}
