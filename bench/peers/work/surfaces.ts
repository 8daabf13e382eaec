/** The other APIs, each before a provider that speaks it as well. */

import type { Api } from "../apis/api.ts";
import { completions } from "../apis/completions.ts";
import { embeddings } from "../apis/embeddings.ts";
import { gemini } from "../apis/gemini.ts";
import { messages } from "../apis/messages.ts";
import { ollama } from "../apis/ollama.ts";
import { responses } from "../apis/responses.ts";
import { FEW_GATEWAYS, FEW_PROXIES } from "../servers/registry.ts";
import type { ServerKind } from "../servers/server.ts";
import { burstWork, wholeWork } from "./calls.ts";
import type { WorkItem } from "./work_item.ts";

/** Portkey has these APIs of these providers. */
const SERVERS: readonly (readonly [Api, readonly ServerKind[]])[] = [
  [messages, FEW_GATEWAYS],
  [responses, FEW_GATEWAYS],
  [completions, FEW_GATEWAYS],
  [gemini, FEW_PROXIES],
  [ollama, FEW_PROXIES],
  [embeddings, FEW_GATEWAYS],
];

/** `messages`, `messages-sse` and so on. */
export const SURFACES: readonly WorkItem[] = SERVERS.flatMap(([client, servers]) => {
  const { name, title, burst } = client;
  const work = { title, servers, client };
  const whole = wholeWork({ ...work, name });
  return burst === undefined ? [whole] : [whole, burstWork({ ...work, name: `${name}-sse` })];
});
