/** Anthropic's API, put together. */

import { mayCall, type Principal } from "../core/principal.ts";
import { anthropicMessages } from "../formats/anthropic_messages/mod.ts";
import { aliasModel, findModel, withAliases } from "../routing/find_model.ts";
import { anthropicSurface } from "../surfaces/anthropic/anthropic.ts";
import type { TellingModel } from "../surfaces/anthropic/model_page.ts";
import type { Surface } from "../surfaces/surface.ts";
import type { RedactedParts } from "./app_parts.ts";
import type { Gateway } from "./gateway.ts";

export function createAnthropic(
  { config, bodyLimits }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  const { aliases } = config.routing;
  const listModels = async (
    callId: string,
    principal: Principal,
  ): Promise<readonly TellingModel[]> => {
    const models: readonly TellingModel[] = withAliases(aliases, await catalog.listEvery(callId));
    return models.filter(({ id }) => mayCall(principal, id));
  };
  return anthropicSurface({
    exchange,
    formats: anthropicMessages,
    listModels,
    findModel: async (id, callId, principal) =>
      // What an alias is called needs no list.
      Object.hasOwn(aliases, id) && mayCall(principal, id)
        ? aliasModel(id)
        : findModel(await listModels(callId, principal), id),
    listWarnings: () => catalog.warnings(),
    bodyLimits,
  });
}
