/** The APIs that clients call. */

import type { ClientFormats } from "../../core/format.ts";
import { failedOutcome } from "../../core/outcome.ts";
import type { Provider } from "../../core/provider/provider.ts";
import { anthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { exceptionOf } from "../../formats/bedrock_invoke/errors.ts";
import { invokedMessagesOfClients } from "../../formats/bedrock_invoke/mod.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../../formats/openai_embeddings/mod.ts";
import { openrouterService } from "../../formats/openrouter_service/mod.ts";
import { openrouterSocket, openrouterSocketErrors } from "../../formats/openrouter_socket/mod.ts";
import type { Admission } from "../../access/admit.ts";
import type { Cors } from "../../access/cors.ts";
import { modelNotFound, visibleModels } from "../../routing/find_model.ts";
import { openaiSurface } from "../../surfaces/openai/openai.ts";
import { passthroughSurface } from "../../surfaces/openai/passthrough.ts";
import { withRequestId } from "../../surfaces/anthropic/anthropic.ts";
import { OWN_HEADERS } from "../../surfaces/anthropic/messages_call.ts";
import { azureRow, azureSurface } from "../../surfaces/clouds/azure.ts";
import { bedrockRow, bedrockSurface } from "../../surfaces/clouds/bedrock.ts";
import { vertexRow, vertexSurface } from "../../surfaces/clouds/vertex.ts";
import { modelPathsRow } from "../../surfaces/openrouter/rest/model_paths.ts";
import { SERVICE_BASE } from "../../surfaces/openrouter/rest/service_path.ts";
import type { PathRow } from "../../surfaces/path_table.ts";
import { serviceSurface } from "../../surfaces/openrouter/rest/service_surface.ts";
import type { Surface } from "../../surfaces/surface.ts";
import { webSocketSurface } from "../../surfaces/openrouter/socket/websocket_surface.ts";
import { createAdmitOnSocket } from "../admission.ts";
import type { AppParts, RedactedParts } from "../app_parts.ts";
import type { Gateway } from "../gateway.ts";
import { logConnection, recordRequest } from "../record.ts";

export function createOpenai(
  { config, bodyLimits }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  const models = visibleModels(config.routing.aliases, catalog);
  return openaiSurface({
    exchange,
    formats: {
      chat: openaiChat,
      completions: openaiCompletions,
      embeddings: openaiEmbeddings,
    },
    listModels: models.list,
    findModel: models.find,
    listWarnings: () => catalog.warnings(),
    bodyLimits,
  });
}

/** APIs of clouds, for clients that were made for them. */
export function createClouds(
  { bodyLimits }: RedactedParts,
  { exchange }: Gateway,
): readonly PathRow[] {
  const openai = { chat: openaiChat, completions: openaiCompletions, embeddings: openaiEmbeddings };
  return [
    bedrockRow(
      bedrockSurface({ exchange, formats: invokedMessagesOfClients, exceptionOf, bodyLimits }),
    ),
    vertexRow(vertexSurface({ exchange, formats: anthropicMessages, bodyLimits })),
    azureRow(azureSurface({ exchange, formats: openai, bodyLimits })),
  ];
}

export function createService(
  { config, providers, bodyLimits }: RedactedParts,
  { catalog, exchange }: Gateway,
): Surface {
  return serviceSurface({
    exchange,
    formats: { request: openaiChat.request, answer: openaiChat.answer, error: openrouterService },
    listModels: (callId) => catalog.listDetailed(callId),
    listWarnings: () => catalog.warnings(),
    routingSuffixes: providers.flatMap(({ routingSuffixes }) => routingSuffixes ?? []),
    modelNotFound,
    requestTimeoutMs: config.service.requestTimeoutMs,
    bodyLimits,
  });
}

/** What a request on a connection is called in the log, where no call was made of it. */
const SOCKET_REQUEST = { method: "GET", target: "/ws" };

export function createWebSocket(
  parts: AppParts,
  { exchange }: Gateway,
  { isOriginAllowed }: Cors,
  admission: Admission,
): Surface {
  const { config, runtime: { clock, log }, shared: { sockets } } = parts;
  const options = config.webSocket;
  const formats = {
    request: openaiChat.request,
    answer: openrouterSocket,
    error: openrouterSocketErrors,
  };
  const recordOther = recordRequest(parts);
  return webSocketSurface({
    sockets,
    isOriginAllowed,
    exchange,
    formats,
    options,
    jsonLimits: config.server,
    requestTimeoutMs: config.service.requestTimeoutMs,
    admitRequest: createAdmitOnSocket(admission, ["service", "inference"]),
    recordRefusal: (context, error) => {
      const status = formats.error.statusOf?.(error) ?? error.status;
      recordOther(SOCKET_REQUEST, context, failedOutcome(error, status));
    },
    record: (summary) => logConnection(log, summary),
    clock,
  });
}

/** What is not interpreted and names no model goes to the first upstream, which is the default. */
export function createPassthrough(parts: RedactedParts, gateway: Gateway): Surface {
  const [provider] = parts.providers;
  if (provider === undefined) throw new Error("There is no upstream");
  const prefix = parts.config.server.proxyPathPrefix;
  return passthroughTo(provider, prefix, openaiChat, parts, gateway);
}

/** The same of Anthropic's API goes to the first upstream that speaks it, where any does. */
export function createAnthropicForward(
  parts: RedactedParts,
  anthropic: Surface,
  { exchange }: Gateway,
): Surface | undefined {
  const provider = parts.providers.find(({ formats }) =>
    formats.chat?.some(({ name }) => name === anthropicMessages.name)
  );
  if (provider === undefined) return undefined;
  const forward = passthroughSurface({
    prefix: parts.config.server.proxyPathPrefix,
    defaultProvider: provider,
    exchange,
    formats: anthropicMessages,
    ownHeaders: OWN_HEADERS,
    bodyLimits: parts.bodyLimits,
  });
  return { ...anthropic, takesOptions: true, answer: withRequestId(forward.answer) };
}

/** What an upstream answers beside the catalog; none where no upstream does. */
export function createModelPaths(
  parts: RedactedParts,
  service: Surface,
  gateway: Gateway,
): readonly PathRow[] {
  const formats = { ...openaiChat, error: openrouterService };
  return parts.providers.flatMap((provider) =>
    provider.modelPaths === undefined ? [] : modelPathsRow(
      service,
      passthroughTo(provider, SERVICE_BASE, formats, parts, gateway),
      provider.modelPaths,
    )
  );
}

function passthroughTo(
  defaultProvider: Provider,
  prefix: string,
  formats: ClientFormats,
  { bodyLimits }: RedactedParts,
  { exchange }: Gateway,
): Surface {
  return passthroughSurface({ prefix, defaultProvider, exchange, formats, bodyLimits });
}
