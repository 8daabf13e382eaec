/** What is done that changes nothing of the ledger, such as a reload, stands in the audit trail as well. */

import type { AdminCaller } from "../access/admin_role.ts";
import type { Clock } from "../core/clock.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import type { JsonObject } from "../core/text/json.ts";
import { askStore } from "./ask_store.ts";

export interface NoteParts {
  readonly ledger: Pick<Ledger, "store">;
  readonly clock: Clock;
}

export async function noteOf(
  { ledger, clock }: NoteParts,
  { who }: AdminCaller,
  action: string,
  target: string,
  after: JsonObject | null = null,
): Promise<void> {
  const atMs = Math.floor(clock.epochMs());
  await askStore(ledger.store.note({ atMs, who, action, target, before: null, after }));
}
