/** Webhooks that reach nobody. */

import type { Clock } from "../../src/core/clock.ts";
import { Webhooks } from "../../src/ledger/webhooks/webhooks.ts";

export function silentWebhooks(clock: Clock): Webhooks {
  return new Webhooks({
    send: () => Promise.reject(new Error("nobody is told")),
    clock,
    random: () => 0,
    makeId: () => "id",
    watch: { refused: () => {}, lost: () => {} },
  });
}
