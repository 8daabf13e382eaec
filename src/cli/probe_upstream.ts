/** Asks an upstream for its list of models and says in one sentence what stands in the way. */

import type { ConfigReading } from "../config/read_config.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import { parseJson } from "../core/json.ts";
import type { Transport, UpstreamRequest } from "../core/transport.ts";
import type { Upstream } from "../core/provider.ts";
import { readBody } from "../bytes/read_whole.ts";
import {
  type Answer,
  diagnoseAnswer,
  diagnoseFailure,
  type Settings,
} from "../observability/diagnose.ts";
import { makeId, systemClock } from "../host/runtime.ts";
import { placeOfOption } from "./upstream_origin.ts";

/** What asking has shown. */
export type Probe =
  | { readonly isGood: true; readonly models: readonly string[]; readonly tookMs: number }
  | { readonly isGood: false; readonly problem: string };

export interface ProbeOptions {
  readonly send: Transport;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What to change where something is wrong. */
  readonly settings: Settings;
}

/** How an upstream is asked under a configuration. */
export function probeOptions(
  { name }: Upstream,
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
export async function probeModels(upstream: Upstream, options: ProbeOptions): Promise<Probe> {
  const startedMs = systemClock.nowMs();
  const answer = await ask(upstream.prepareModels(makeId()), options);
  if (answer instanceof GatewayError) {
    return { isGood: false, problem: diagnoseFailure(answer, options.settings) };
  }
  const problem = diagnoseAnswer(answer, upstream, options.settings);
  if (problem !== undefined) return { isGood: false, problem };
  try {
    const models = upstream.decodeModels(parseJson(answer.text) ?? {});
    const tookMs = Math.round(systemClock.nowMs() - startedMs);
    return { isGood: true, models: models.map(({ id }) => id), tookMs };
  } catch {
    const { baseUrl } = options.settings;
    const problem =
      `${upstream.target} answers, but with no list of models: it may be another API; check ${baseUrl}`;
    return { isGood: false, problem };
  }
}

/**
 * Tries the key where the list of models can be had without one: with a request that says nothing, which
 * is refused before it could cost anything. Resolves with what is wrong with the key.
 */
export async function probeKey(
  upstream: Upstream,
  options: ProbeOptions,
): Promise<string | undefined> {
  const format = upstream.formats.chat?.[0];
  if (!upstream.isMetered || format === undefined) return undefined;
  const request = upstream.prepare({
    id: makeId(),
    operation: "chat",
    model: "none",
    wantsStream: false,
    format,
    headers: [],
    body: new TextEncoder().encode("{}"),
  });
  const answer = await ask(request, options);
  if (answer instanceof GatewayError || ![401, 403].includes(answer.status)) return undefined;
  return diagnoseAnswer(answer, upstream, options.settings);
}

async function ask(
  request: UpstreamRequest,
  { send, timeoutMs, maxBytes }: ProbeOptions,
): Promise<Answer | GatewayError> {
  const deadline = new AbortController();
  const cancelTimer = systemClock.schedule(
    timeoutMs,
    () => deadline.abort(new GatewayError("upstream_timeout", `No answer within ${timeoutMs} ms`)),
  );
  try {
    const { status, headers, body } = await send(request, deadline.signal);
    const { bytes } = await readBody(body, maxBytes);
    return { status, headers, text: new TextDecoder().decode(bytes) };
  } catch (thrown) {
    return toGatewayError(thrown);
  } finally {
    cancelTimer();
  }
}
