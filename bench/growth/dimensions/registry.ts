/** Whatever grows is named here. */

import type { Dimension } from "../dimension.ts";
import { CACHE } from "./cache.ts";
import { CASSETTES } from "./cassettes.ts";
import { CONFIGURATION } from "./configuration.ts";
import { LEDGER } from "./ledger.ts";
import { RUNTIME_KEYS } from "./runtime_keys.ts";
import { SESSIONS } from "./sessions.ts";
import { TRAFFIC } from "./traffic.ts";
import { VIEWERS } from "./viewers.ts";

export const DIMENSIONS: readonly Dimension[] = [
  ...TRAFFIC,
  ...CONFIGURATION,
  ...RUNTIME_KEYS,
  ...SESSIONS,
  ...LEDGER,
  ...CACHE,
  ...CASSETTES,
  ...VIEWERS,
];
