/** Ollama's API, put together. */

import { ollamaEmbed, ollamaEmbeddings } from "../../formats/ollama/embeddings/embeddings.ts";
import { ollamaChat, ollamaGenerate } from "../../formats/ollama/mod.ts";
import { visibleModels } from "../../routing/find_model.ts";
import { ollamaSurface } from "../../surfaces/ollama/ollama.ts";
import type { Surface } from "../../surfaces/surface.ts";
import type { RedactedParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";

export function createOllama(
  { config, bodyLimits, runtime: { clock } }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  const models = visibleModels(config.routing.aliases, catalog);
  return ollamaSurface({
    exchange,
    formats: {
      chat: ollamaChat,
      generate: ollamaGenerate,
      embed: ollamaEmbed,
      embeddings: ollamaEmbeddings,
    },
    listModels: models.list,
    findModel: models.find,
    listWarnings: () => catalog.warnings(),
    bodyLimits,
    clock,
  });
}
