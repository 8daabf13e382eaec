/** All APIs that the playground speaks. */

import { chat, responses, service, socket, wholeService } from "./openai_surfaces.ts";
import { gemini, messages, ollama } from "./other_surfaces.ts";
import type { Surface } from "./surface.ts";

export const SURFACES: readonly Surface[] = [
  chat,
  responses,
  messages,
  gemini,
  ollama,
  service,
  wholeService,
  socket,
];

/** By its name in the log; chat where it is none of them. */
export function surfaceOf(name: string | undefined): Surface {
  return SURFACES.find((surface) => surface.name === name) ?? chat;
}
