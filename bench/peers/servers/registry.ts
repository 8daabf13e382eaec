/** All servers that stand in front of an upstream, in the order of the tables. */

import { denoFetch } from "./deno_fetch.ts";
import { direct } from "./direct.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import { nodeUndici } from "./node_undici.ts";
import { portkey } from "./portkey.ts";
import type { ServerKind } from "./server.ts";
import { weir, weirBeforeText } from "./weir.ts";

export const PROXIES: readonly ServerKind[] = [
  direct,
  nginx,
  haproxy,
  weir,
  denoFetch,
  nodeUndici,
  portkey,
];

/** Those that can stand in front of an upstream that does not answer in OpenAI's form. */
export const TEXT_PROXIES: readonly ServerKind[] = [
  direct,
  nginx,
  haproxy,
  weirBeforeText,
  denoFetch,
  nodeUndici,
];
