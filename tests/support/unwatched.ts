/** Nobody is told how upstreams are. */

import type { UpstreamWatch } from "../../src/core/upstream_watch.ts";

export const UNWATCHED: UpstreamWatch = {
  answered: () => {},
  failed: () => {},
  brokeOff: () => {},
  listed: () => {},
  listFailed: () => {},
};
