/** Nobody is told how upstreams are. */

import type { ProviderWatch } from "../../src/core/provider/provider_watch.ts";

export const UNWATCHED: ProviderWatch = {
  answered: () => {},
  failed: () => {},
  brokeOff: () => {},
  listed: () => {},
  listFailed: () => {},
};
