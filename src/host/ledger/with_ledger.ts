/** What answers requests, with the ledger of the process beside it. */

import type { Server } from "../server.ts";
import type { LedgerHub } from "./ledger_hub.ts";

/** The same server, which tells the ledger of configurations that come into force. */
export function withLedger(server: Server, hub: LedgerHub): Server {
  return {
    port: server.port,
    providers: server.providers,
    answerMetrics: server.answerMetrics,
    apply: async (config) => {
      await server.apply(config);
      hub.reloaded(config);
    },
    stop: server.stop,
  };
}
