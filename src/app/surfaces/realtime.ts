/** WebSockets of providers, put together. */

import { openaiChat } from "../../formats/openai_chat/mod.ts";
import type { Cors } from "../../access/cors.ts";
import { realtimeSurface } from "../../surfaces/openai/realtime.ts";
import type { Surface } from "../../surfaces/surface.ts";
import type { AppParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";

/** What names no model goes to the first upstream, which is the default. */
export function createRealtime(
  { config, providers: [provider], shared: { providerSockets } }: AppParts,
  { exchange }: Gateway,
  { isOriginAllowed }: Cors,
): Surface {
  if (provider === undefined) throw new Error("There is no upstream");
  return realtimeSurface({
    prefix: config.server.proxyPathPrefix,
    defaultProvider: provider,
    exchange,
    formats: openaiChat,
    sockets: providerSockets,
    options: config.webSocket,
    isOriginAllowed,
  });
}
