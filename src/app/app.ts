/**
 * Puts the gateway together: config, upstreams, the chain of policies, the surfaces.
 *
 * @module
 */

import { createAdminAnswer } from "./admin.ts";
import { createAnthropic } from "./surfaces/anthropic.ts";
import type { Admission } from "../access/admit.ts";
import { createAdmissionOf, createAdmit } from "./admission.ts";
import {
  type AppParts,
  type RedactedParts,
  type SharedState,
  stopping,
  withoutSecrets,
} from "./app_parts.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { createGemini } from "./surfaces/gemini.ts";
import { createMetricsSurface } from "./metrics.ts";
import { createOllama } from "./surfaces/ollama.ts";
import { createResponses } from "./surfaces/responses.ts";
import { createRealtime } from "./surfaces/realtime.ts";
import { recordRequest } from "./record.ts";
import {
  createAnthropicForward,
  createClouds,
  createModelPaths,
  createOpenai,
  createPassthrough,
  createService,
  createWebSocket,
} from "./surfaces/surfaces.ts";
import { createWatchProviders } from "./watch.ts";
import { withCassettes } from "../cassettes/with_cassettes.ts";
import type { HttpHandler } from "../core/http/http.ts";
import type { Transport } from "../core/provider/transport.ts";
import { openaiChat } from "../formats/openai_chat/mod.ts";
import { viaHeader } from "../gateway/hand_through/via.ts";
import { withCredentials } from "../gateway/with_credentials.ts";
import { createCompleteHeaders } from "../access/answer_headers.ts";
import { type Cors, createCors } from "../access/cors.ts";
import { explainMore } from "../surfaces/explain.ts";
import {
  anthropicForwardRow,
  anthropicRows,
  anthropicUnknownRow,
} from "../surfaces/anthropic/anthropic.ts";
import { geminiRows, geminiUnknownRow } from "../surfaces/gemini/gemini.ts";
import { ollamaRow, ollamaUnknownRow } from "../surfaces/ollama/ollama.ts";
import { createRequestHandler } from "../surfaces/handle_request.ts";
import { openaiRows } from "../surfaces/openai/openai.ts";
import { responsesRows } from "../surfaces/openai/responses/responses.ts";
import { realtimeRows } from "../surfaces/openai/realtime.ts";
import { passthroughRows } from "../surfaces/openai/passthrough.ts";
import { serviceRows } from "../surfaces/openrouter/rest/service_surface.ts";
import { webSocketRows } from "../surfaces/openrouter/socket/websocket_surface.ts";
import { PathTable } from "../surfaces/path_table.ts";
import { createConsole } from "../surfaces/console/console.ts";
import { type OperationsParts, operationsSurface } from "../surfaces/operations/operations.ts";
import { createHttp1Transport, type TransportClient } from "../transport/http1_transport.ts";

export { createSharedState } from "./shared_state.ts";
export { type ProcessState, type Runtime, type SharedState } from "./app_parts.ts";

export { createOpenMetricsSurface } from "./metrics.ts";
export { createProcessMemory, type ProcessMemory, type ThreadPlace } from "./thread_place.ts";
export type { AnswerMetrics } from "../surfaces/operations/metrics.ts";

/** The gateway with one configuration. */
export interface App {
  /** Answers one request; at once where the answer is whole and needs nothing of the app any more. */
  readonly answer: HttpHandler;
  /** Closes the connections to the upstreams. */
  readonly close: () => void;
}

/** Ends every running call; each client is told so. */
export function abortCalls({ active }: SharedState): void {
  active.abortAll(stopping());
}

export function createApp(given: AppParts): App {
  const parts = withoutSecrets(given);
  const { config, shared, runtime: { clock, makeId, randomBytes } } = parts;
  const via = viaHeader(shared.pseudonym);
  const transport = createHttp1Transport(config.transport, clock, randomBytes, via);
  const issuers = createIssuerTransport(parts);
  const send = createSend(parts, transport, issuers);
  const watchProviders = createWatchProviders(parts);
  const gateway = createGateway(parts, send, transport.send, watchProviders);
  const cors = createCors(config.cors, parts.needsKey);
  const admission = createAdmissionOf(parts);
  const completeHeaders = createCompleteHeaders(config.cors, cors);
  const answerMetrics = createMetricsSurface(parts);
  // Last of all: these change what the app before this one still works with.
  const paths = createPaths(parts, gateway, cors, admission);
  shared.slots.configure(config.concurrency);
  const handle = createRequestHandler({
    paths,
    answerPreflight: cors.answerPreflight,
    admit: createAdmit(parts, admission, cors),
    complete: (headers, request) => {
      completeHeaders(headers, request);
      // A client that kept its connection would find it closed at any moment.
      if (!shared.process.isReady) headers.set("connection", "close");
    },
    record: recordRequest(parts),
    explainMore: config.server.explain === "on" ? explainMore : undefined,
    makeId,
    clock,
  });
  const operations = createOperations(parts, gateway);
  const answerHealth = operationsSurface(operations);
  const answerConsole = createConsole();
  const answerAdmin = createAdminAnswer(parts, gateway, operations);
  return {
    answer: (request) =>
      answerHealth(request) ?? answerMetrics(request) ?? answerConsole(request) ??
        answerAdmin(request) ?? handle(request),
    close: () => {
      gateway.budgets.close();
      transport.close();
      issuers.close();
    },
  };
}

/** Every API that clients call, by its paths. */
function createPaths(
  parts: RedactedParts,
  gateway: Gateway,
  cors: Cors,
  admission: Admission,
): PathTable {
  const own = parts.config.server.proxyPathPrefix;
  const service = createService(parts, gateway);
  const modelPaths = createModelPaths(parts, service, gateway);
  const passthrough = createPassthrough(parts, gateway);
  const anthropic = createAnthropic(parts, gateway);
  const anthropicForward = createAnthropicForward(parts, anthropic, gateway);
  const realtime = createRealtime(parts, gateway, cors);
  const openai = createOpenai(parts, gateway);
  const gemini = createGemini(parts, gateway);
  const ollama = createOllama(parts, gateway);
  const responses = createResponses(parts, gateway, cors, admission);
  const webSocket = createWebSocket(parts, gateway, cors, admission);
  return new PathTable([
    ...modelPaths,
    ...createClouds(parts, gateway),
    ...anthropicRows(anthropic, own),
    ...geminiRows(gemini, own),
    ...serviceRows(service),
    ...webSocketRows(webSocket),
    ...openaiRows(openai, own),
    ...responsesRows(responses, own),
    ollamaRow(ollama),
    ...(anthropicForward === undefined ? [] : [anthropicForwardRow(anthropicForward, own)]),
    ...realtimeRows(realtime, own),
    ...passthroughRows(passthrough, own),
    anthropicUnknownRow(anthropic, own),
    geminiUnknownRow(gemini, own),
    ollamaUnknownRow(ollama),
  ], openai);
}

/** To those who issue credentials, and to nobody else: it reaches what no provider may be. */
function createIssuerTransport(
  { config, runtime: { clock, randomBytes } }: AppParts,
): TransportClient {
  return createHttp1Transport({ ...config.transport, reachesMetadata: true }, clock, randomBytes);
}

function createSend(
  { config, providers, redactor, runtime: { clock, log, readFile } }: RedactedParts,
  transport: TransportClient,
  issuers: TransportClient,
): Transport {
  const means = { clock, send: issuers.send, readFile, keepSecret: redactor.learn };
  return withCassettes(withCredentials(transport.send, means), {
    options: config.cassettes,
    providers,
    clock,
    redact: redactor.forLog,
    onEnd: (file, cause) => log.error("recording ended", { file, cause }),
  });
}

/** What says how the process and its upstreams are. */
function createOperations(
  { config, providers, shared, runtime: { clock } }: AppParts,
  gateway: Gateway,
): OperationsParts {
  return {
    isReady: () => shared.process.isReady,
    bugs: () => shared.process.bugs,
    providers,
    stateOf: (name) => shared.providerStates.of(name),
    environment: config.server.environment,
    cooling: () => gateway.cooldown?.snapshot(clock.nowMs()) ?? [],
    coolingKeys: () => gateway.keys.snapshot(clock.nowMs()),
    paced: () => config.pacing.enabled === "on" ? shared.lanes.snapshot() : [],
    clock,
    errorFormat: openaiChat.error,
  };
}
