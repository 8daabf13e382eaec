/** OpenAI's Responses, put together. */

import type { Call } from "../core/call.ts";
import type { EncodeOptions } from "../core/format.ts";
import type { Provider, Target } from "../core/provider.ts";
import { ResponseObject } from "../formats/openai_responses/answer/response_object.ts";
import { createOpenaiResponses } from "../formats/openai_responses/mod.ts";
import { chooseFormat } from "../gateway/tries/choose_format.ts";
import { needsKey } from "../access/authenticate.ts";
import { createEnvelopes, createOwnedIds } from "../state/envelopes.ts";
import type { Keeper } from "../surfaces/openai/responses/responses_parts.ts";
import { responsesSurface } from "../surfaces/openai/responses/responses.ts";
import type { Surface } from "../surfaces/surface.ts";
import type { RedactedParts } from "./app_parts.ts";
import type { Gateway } from "./gateway.ts";

export function createResponses(
  parts: RedactedParts,
  { exchange, targets }: Gateway,
): Surface {
  const { config, providers, bodyLimits, runtime, shared: { background } } = parts;
  const { place: { memory: { secret }, responses: store }, clock, randomBytes } = runtime;
  const formats = createOpenaiResponses({ envelopes: createEnvelopes(secret) });
  const isKeeping = (provider: Provider): boolean =>
    chooseFormat(provider.formats, "chat", formats.request.name)?.name === formats.request.name;
  const encodeOptions = (call: Call): EncodeOptions => ({
    id: call.id,
    model: call.model,
    createdSeconds: Math.floor(clock.epochMs() / 1000),
    includeUsage: true,
    request: call.body,
    ...(call.kept !== undefined && { kept: call.kept }),
  });
  const keepers = providers.filter(isKeeping);
  const { keepAlive, keepAliveIntervalMs } = config.relay;
  return responsesSurface({
    exchange,
    formats,
    store,
    isKeeping: config.responses.store !== "off",
    ids: createOwnedIds(secret, randomBytes),
    keeperOf: async (asked) => keeperOf(await targets(asked), isKeeping),
    isKeptBy: (upstream) => keepers.some(({ name }) => name === upstream),
    lonelyKeeper: keepers.length === 1 && !needsKey(config.auth) ? keepers[0]?.name : undefined,
    providerOf: (upstream) => providers.find(({ name }) => name === upstream),
    encodeOptions,
    beginning: (call) =>
      new ResponseObject(encodeOptions(call)).write({ status: "queued", output: [] }),
    background,
    bodyLimits,
    clock,
    keepAliveMs: keepAlive === "off" ? undefined : keepAliveIntervalMs,
  });
}

function keeperOf(
  targets: readonly Target[],
  isKeeping: (provider: Provider) => boolean,
): Keeper {
  const count = targets.filter(({ provider }) => isKeeping(provider)).length;
  if (count === 0) return "weir";
  return count === targets.length ? "providers" : "both";
}
