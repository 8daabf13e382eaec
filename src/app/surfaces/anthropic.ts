/** Anthropic's API, put together. */

import { createAnthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { visibleModels } from "../../routing/find_model.ts";
import { anthropicSurface } from "../../surfaces/anthropic/anthropic.ts";
import { createEnvelopes } from "../../state/envelopes.ts";
import type { Surface } from "../../surfaces/surface.ts";
import type { RedactedParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";

export function createAnthropic(
  { config, bodyLimits, runtime: { place: { memory: { secret } } } }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  const models = visibleModels(config.routing.aliases, catalog);
  return anthropicSurface({
    exchange,
    formats: createAnthropicMessages({ envelopes: createEnvelopes(secret) }),
    listModels: models.list,
    findModel: models.find,
    listWarnings: () => catalog.warnings(),
    bodyLimits,
  });
}
