/** Asks an upstream for its list of models and says in one sentence what stands in the way. */

import type { Config } from "../config/schema.ts";
import type { Transport } from "../core/provider/transport.ts";
import { createHttp1Transport } from "../transport/http1_transport.ts";
import { createProviders, needsFake } from "../providers/registry.ts";
import { ask, type AskBounds } from "../host/ask.ts";
import { listenFake } from "../host/embedded_fake.ts";
import { makeId, randomBytes, readFile, systemClock } from "../host/runtime.ts";
import { withCredentials } from "../gateway/with_credentials.ts";
import type { ConfigReading } from "../config/read_config.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { parseJson } from "../core/text/json.ts";
import type { Provider } from "../core/provider/provider.ts";
import { diagnoseAnswer, diagnoseFailure, type Settings } from "../observability/diagnose.ts";
import { placeOfOption } from "./provider_origin.ts";

/** What asking has shown. */
export type Probe =
  | { readonly isGood: true; readonly models: readonly string[]; readonly tookMs: number }
  | { readonly isGood: false; readonly problem: string };

export interface ProbeOptions extends AskBounds {
  readonly send: Transport;
  /** What to change where something is wrong. */
  readonly settings: Settings;
}

/** How an upstream is asked under a configuration. */
export function probeOptions(
  { name }: Provider,
  send: Transport,
  reading: ConfigReading,
): ProbeOptions {
  const { models, relay } = reading.config;
  return {
    send,
    timeoutMs: models.timeoutMs,
    maxBytes: relay.maxResponseBytes,
    settings: {
      baseUrl: placeOfOption(name, "baseUrl", reading),
      apiKey: placeOfOption(name, "apiKey", reading),
    },
  };
}

/** Asks for the models. Never rejects. */
export async function probeModels(provider: Provider, options: ProbeOptions): Promise<Probe> {
  const startedMs = systemClock.nowMs();
  const answer = await ask(options.send, provider.prepareModels(makeId()), options);
  if (answer instanceof GatewayError) {
    return { isGood: false, problem: diagnoseFailure(answer, options.settings) };
  }
  const problem = diagnoseAnswer(answer, provider, options.settings);
  if (problem !== undefined) return { isGood: false, problem };
  try {
    const models = provider.decodeModels(parseJson(answer.text) ?? {});
    const tookMs = Math.round(systemClock.nowMs() - startedMs);
    return { isGood: true, models: models.map(({ id }) => id), tookMs };
  } catch {
    const { baseUrl } = options.settings;
    const problem =
      `${provider.target} answers, but with no list of models: it may be another API; check ${baseUrl}`;
    return { isGood: false, problem };
  }
}

/**
 * Tries the key where the list of models can be had without one: with a request that says nothing, which
 * is refused before it could cost anything. Resolves with what is wrong with the key.
 */
export async function probeKey(
  provider: Provider,
  options: ProbeOptions,
): Promise<string | undefined> {
  const format = provider.formats.chat?.[0];
  if (!provider.isMetered || format === undefined) return undefined;
  const request = provider.prepare({
    id: makeId(),
    operation: "chat",
    model: "none",
    wantsStream: false,
    format,
    headers: [],
    body: new TextEncoder().encode("{}"),
  });
  const answer = await ask(options.send, request, options);
  if (answer instanceof GatewayError || ![401, 403].includes(answer.status)) return undefined;
  return diagnoseAnswer(answer, provider, options.settings);
}

export interface Lent {
  readonly providers: readonly Provider[];
  readonly send: Transport;
}

/** Starts the embedded fake LLM where the configuration asks for it, and closes everything again. */
export async function withProviders<Result>(
  config: Config,
  work: (lent: Lent) => Promise<Result>,
): Promise<Result> {
  const fake = needsFake(config.upstreams) ? listenFake("127.0.0.1", 0) : undefined;
  const transport = createHttp1Transport(config.transport, systemClock, randomBytes);
  const issuers = createHttp1Transport(
    { ...config.transport, reachesMetadata: true },
    systemClock,
    randomBytes,
  );
  const means = { clock: systemClock, send: issuers.send, readFile, keepSecret: () => {} };
  try {
    const providers = createProviders(
      config.upstreams,
      fake && `http://127.0.0.1:${fake.port}/v1`,
    );
    return await work({ providers, send: withCredentials(transport.send, means) });
  } finally {
    transport.close();
    issuers.close();
    await fake?.stop();
  }
}
