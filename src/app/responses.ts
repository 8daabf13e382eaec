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
  { exchange, targets, unspoken }: Gateway,
): Surface {
  const { config, providers, bodyLimits, runtime, shared: { background } } = parts;
  const { place: { memory: { secret }, responses: store }, clock, randomBytes } = runtime;
  const formats = createOpenaiResponses({ envelopes: createEnvelopes(secret) });
  const { name } = formats.request;
  /** Where a provider turned out not to speak it, Weir keeps what it answers. */
  const isKeeping = (provider: Provider): boolean => {
    const isUnspoken = (format: string): boolean => unspoken.has(provider, format);
    return chooseFormat(provider.formats, "chat", name, isUnspoken)?.name === name;
  };
  const lonely = lonelyKeeper(
    parts,
    providers.filter(({ formats: { chat = [] } }) => chat.some((format) => format.name === name)),
  );
  const encodeOptions = (call: Call): EncodeOptions => ({
    id: call.id,
    model: call.model,
    createdSeconds: Math.floor(clock.epochMs() / 1000),
    includeUsage: true,
    request: call.body,
    ...(call.kept !== undefined && { kept: call.kept }),
  });
  const { keepAlive, keepAliveIntervalMs } = config.relay;
  return responsesSurface({
    exchange,
    formats,
    store,
    isKeeping: config.responses.store !== "off",
    ids: createOwnedIds(secret, randomBytes),
    keeperOf: async (asked) => keeperOf(await targets(asked), isKeeping),
    isKeptBy: (upstream) =>
      providers.some((provider) => provider.name === upstream && isKeeping(provider)),
    lonelyKeeper: lonely,
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

function lonelyKeeper(
  { config: { auth } }: RedactedParts,
  [first, ...others]: readonly Provider[],
): string | undefined {
  return others.length === 0 && !needsKey(auth) ? first?.name : undefined;
}
