/** The servers that take part in each kind of work, in the order of the tables. */

import { ccproxy } from "./ccproxy.ts";
import { claudeCodeRouter } from "./claude_code_router.ts";
import { denoFetch } from "./deno_fetch.ts";
import { direct } from "./direct.ts";
import { haproxy } from "./haproxy.ts";
import { llmops } from "./llmops.ts";
import { nginx } from "./nginx.ts";
import { nodeUndici } from "./node_undici.ts";
import { portkey } from "./portkey.ts";
import type { ServerKind } from "./server.ts";
import { weir } from "./weir.ts";

/** In front of a provider of chats. */
export const PROXIES: readonly ServerKind[] = [
  direct,
  nginx,
  haproxy,
  weir,
  denoFetch,
  nodeUndici,
  portkey,
];

/** In front of a provider whose answers no gateway but Weir understands. */
export const TEXT_PROXIES = PROXIES.filter((kind) => kind !== portkey);

/** In front of a provider of another API, which their clients speak as well. */
export const FEW_PROXIES: readonly ServerKind[] = [nginx, weir, nodeUndici];
export const FEW_GATEWAYS: readonly ServerKind[] = [...FEW_PROXIES, portkey];

/** For clients of Messages, in front of a provider of chats. */
export const MESSAGES_TO_CHAT: readonly ServerKind[] = [weir, claudeCodeRouter, ccproxy];
export const MESSAGES_TO_CHAT_STREAMED: readonly ServerKind[] = [weir, claudeCodeRouter];

/** For clients of chats, in front of a provider of Messages. */
export const CHAT_TO_MESSAGES: readonly ServerKind[] = [weir, portkey, llmops];

export const EVERYBODY: readonly ServerKind[] = [
  ...PROXIES,
  llmops,
  claudeCodeRouter,
  ccproxy,
];
