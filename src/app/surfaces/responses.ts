/** OpenAI's Responses, put together. */

import type { Call } from "../../core/call.ts";
import type { EncodeOptions } from "../../core/format.ts";
import type { Provider, Target } from "../../core/provider/provider.ts";
import { ResponseObject } from "../../formats/openai_responses/answer/response_object.ts";
import { createOpenaiResponses } from "../../formats/openai_responses/mod.ts";
import { chooseFormat } from "../../gateway/tries/sending/choose_format.ts";
import { createEnvelopes, createOwnedIds } from "../../state/envelopes.ts";
import type { Keeper, ResponsesParts } from "../../surfaces/openai/responses/responses_parts.ts";
import {
  type OpenResponseSocket,
  responsesSurface,
} from "../../surfaces/openai/responses/responses.ts";
import type { ConnectionSummary } from "../../surfaces/openrouter/socket/socket_connection.ts";
import type { RequestContext } from "../../surfaces/request/request_context.ts";
import type { Surface } from "../../surfaces/surface.ts";
import type { Admission } from "../../access/admit.ts";
import type { Cors } from "../../access/cors.ts";
import { failedOutcome } from "../../core/outcome.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import { createAdmitOnSocket } from "../admission.ts";
import { logConnection, recordRequest } from "../record.ts";
import type { RedactedParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";

/** What a request on a connection is called in the log, where no call was made of it. */
const SOCKET_REQUEST = { method: "GET", target: "/v1/responses" };

export function createResponses(
  parts: RedactedParts,
  gateway: Gateway,
  { isOriginAllowed }: Cors,
  admission: Admission,
): Surface {
  const responses = createParts(parts, gateway);
  const { config, runtime: { log }, shared: { responseSockets } } = parts;
  const recordOther = recordRequest(parts);
  const sockets = {
    responses,
    options: config.webSocket,
    jsonLimits: config.server,
    maxEventBytes: config.relay.maxEventBytes,
    isOriginAllowed,
    admitRequest: createAdmitOnSocket(admission, ["v1"]),
    recordRefusal: (context: RequestContext, error: GatewayError) => {
      const status = responses.formats.error.statusOf?.(error) ?? error.status;
      recordOther(SOCKET_REQUEST, context, failedOutcome(error, status));
    },
    record: (summary: ConnectionSummary) => logConnection(log, summary),
  };
  responseSockets.configure(sockets);
  const open: OpenResponseSocket = (request, context) =>
    responseSockets.open(sockets, request, context);
  return responsesSurface(responses, config.responses.webSocket === "on" ? open : undefined);
}

function createParts(
  parts: RedactedParts,
  { exchange, targets, unspoken }: Gateway,
): ResponsesParts {
  const { config, providers, bodyLimits, runtime, shared: { background } } = parts;
  const { place: { memory: { secret }, responses: store }, clock, randomBytes } = runtime;
  const formats = createOpenaiResponses({ envelopes: createEnvelopes(secret) });
  const { name } = formats.request;
  /** Where a provider turned out not to speak it, Weir keeps what it answers. */
  const isKeeping = (provider: Provider): boolean => {
    const isUnspoken = (format: string): boolean => unspoken.has(provider, format);
    return chooseFormat(provider.formats, "chat", name, isUnspoken)?.name === name;
  };
  const speaking = providers.filter(({ formats: { chat = [] } }) =>
    chat.some((format) => format.name === name)
  );
  const encodeOptions = (call: Call): EncodeOptions => ({
    id: call.id,
    model: call.model,
    createdSeconds: Math.floor(clock.epochMs() / 1000),
    includeUsage: true,
    request: call.body.json,
    ...(call.kept !== undefined && { kept: call.kept }),
  });
  const { keepAlive, keepAliveIntervalMs } = config.relay;
  return {
    exchange,
    formats,
    store,
    isKeeping: config.responses.store !== "off",
    ids: createOwnedIds(secret, randomBytes),
    keeperOf: async (asked) => keeperOf(await targets(asked), isKeeping),
    isKeptBy: (upstream) =>
      providers.some((provider) => provider.name === upstream && isKeeping(provider)),
    get lonelyKeeper() {
      return lonelyKeeper(parts, speaking);
    },
    providerOf: (upstream) => providers.find(({ name }) => name === upstream),
    encodeOptions,
    beginning: (call) =>
      new ResponseObject(encodeOptions(call)).write({ status: "queued", output: [] }),
    background,
    bodyLimits,
    clock,
    keepAliveMs: keepAlive === "off" ? undefined : keepAliveIntervalMs,
  };
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
  { needsKey }: RedactedParts,
  [first, ...others]: readonly Provider[],
): string | undefined {
  return others.length === 0 && !needsKey() ? first?.name : undefined;
}
