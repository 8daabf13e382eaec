/** Google's Gemini API, put together. */

import {
  geminiBatchEmbedContents,
  geminiEmbedContent,
} from "../../formats/gemini/embeddings/mod.ts";
import { gemini, geminiArray } from "../../formats/gemini/mod.ts";
import { estimatePrompt } from "../../limits/estimate_tokens.ts";
import { visibleModels } from "../../routing/find_model.ts";
import { geminiSurface } from "../../surfaces/gemini/gemini.ts";
import type { Surface } from "../../surfaces/surface.ts";
import type { RedactedParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";

export function createGemini(
  { config, bodyLimits }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  const models = visibleModels(config.routing.aliases, catalog);
  return geminiSurface({
    exchange,
    formats: {
      chat: gemini,
      array: { ...gemini, answer: geminiArray },
      embed: geminiEmbedContent,
      batchEmbed: geminiBatchEmbedContents,
    },
    estimatePrompt,
    listModels: models.list,
    findModel: models.find,
    listWarnings: () => catalog.warnings(),
    bodyLimits,
  });
}
