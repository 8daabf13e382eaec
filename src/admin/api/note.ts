/** What changes nothing of the ledger, such as a reload, stands in the audit trail as well. */

import type { AdminCaller } from "../../access/admin_role.ts";
import type { Clock } from "../../core/clock.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import type { JsonObject } from "../../core/text/json.ts";

const NOT_NOTED = "The ledger cannot be reached, so that this does not stand in the audit trail";

export interface NoteParts {
  readonly ledger: Pick<Ledger, "store">;
  readonly clock: Clock;
}

/** It is done already: where the ledger is away, the answer's warning says that nobody will read of it there. */
export async function noteOf(
  { ledger, clock }: NoteParts,
  { who }: AdminCaller,
  action: string,
  target: string,
  after: JsonObject | null = null,
): Promise<{ readonly warning?: string }> {
  const atMs = Math.floor(clock.epochMs());
  try {
    await ledger.store.note({ atMs, who, action, target, before: null, after });
    return {};
  } catch {
    return { warning: NOT_NOTED };
  }
}
