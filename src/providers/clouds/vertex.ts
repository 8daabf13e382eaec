/** Google's Vertex: Gemini and Claude by their own APIs, everybody else's models by OpenAI's. */

import * as z from "zod";
import { googleToken } from "../../credentials/google/google_token.ts";
import type { OperationFormats, OutgoingCall, Provider } from "../../core/provider/provider.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { SECRET } from "../../core/text/secret.ts";
import { anthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { retryDelayMs } from "../../formats/gemini/fault.ts";
import { gemini } from "../../formats/gemini/mod.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { webAddress } from "../account/account_options.ts";
import { cleanMessagesError } from "../anthropic.ts";
import { toOpenaiError } from "../error_form.ts";
import { cleanGeminiError, methodOf } from "../gemini.ts";
import { modelSegment } from "../models/model_in_address.ts";
import type { ProviderKind } from "../provider_kind.ts";
import { BETA_HEADER, fitToCloud, VERTEX } from "./claude_on_clouds.ts";
import { decodeVertexModels, nextVertexModels } from "./vertex_models.ts";
import { describeList, describePost, OWN_HEADERS } from "../described_request.ts";

const name = z.string().regex(/^[a-zA-Z0-9:._-]{1,128}$/, {
  error: "must be letters, digits, points, hyphens and colons",
});

const options = z.strictObject({
  project: name.optional().describe(
    "Google Cloud project whose Vertex is asked; switches Vertex on.",
  ),
  location: name.default("global").describe("Location of Vertex, such as `europe-west1`."),
  baseUrl: webAddress.optional().describe(
    "Address of Vertex's API, `https://<location>-aiplatform.googleapis.com` if not set.",
  ),
  credentials: z.string().min(1).max(65_536).optional().meta(SECRET).describe(
    "Text of a file of Google's credentials: of a service account, or of a user.",
  ),
  credentialsFile: z.string().min(1).max(4_096).optional().describe(
    "Such a file. Without either, the one that Google's tools leave, then the machine's metadata service.",
  ),
  metadataHost: z.string().min(1).max(255).optional().describe(
    "Host of that service, `metadata.google.internal` if not set.",
  ),
}).prefault({});

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URL = "https://oauth2.googleapis.com/token";

type Options = z.output<typeof options>;

const CLAUDE: OperationFormats = {
  chat: [anthropicMessages],
  count_tokens: [anthropicMessages],
};
/** Clients of chats are served by OpenAI's API, so that their bytes pass. */
const GEMINI: OperationFormats = { chat: [gemini, openaiChat], count_tokens: [gemini] };
const OTHERS: OperationFormats = { chat: [openaiChat] };
const ALL: OperationFormats = {
  chat: [gemini, openaiChat, anthropicMessages],
  count_tokens: [gemini, anthropicMessages],
};

/** @see {@link https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest} */
export const vertex: ProviderKind<typeof options> = {
  options,
  variables: [
    ["VERTEX_PROJECT", "project"],
    ["VERTEX_LOCATION", "location"],
    ["VERTEX_BASE_URL", "baseUrl"],
    ["VERTEX_CREDENTIALS", "credentials"],
    ["GOOGLE_APPLICATION_CREDENTIALS", "credentialsFile"],
    ["GCE_METADATA_HOST", "metadataHost"],
  ],
  create: (options) => options.project === undefined ? [] : [describe(options, options.project)],
};

function describe(options: Options, project: string): Provider {
  const { location } = options;
  const host = hostOf(options);
  const base = `${host}/v1/projects/${project}/locations/${location}`;
  const credentials = googleToken({ ...options, scope: SCOPE, tokenUrl: TOKEN_URL });
  const headers: HeaderList = [
    ...OWN_HEADERS,
  ];
  return {
    name: "vertex",
    formats: ALL,
    formatsOf,
    target: host,
    reason: "VERTEX_PROJECT is set",
    keySetting:
      "Google's credentials: GOOGLE_APPLICATION_CREDENTIALS or VERTEX_CREDENTIALS, of an account that may use Vertex",
    isMetered: true,
    acceptsStreamUsage: true,
    answerHeaders: /^anthropic-(?!organization-id$)/,
    adapt: (operation, body, format, clientHeaders = []) =>
      format.name === anthropicMessages.name
        ? toRawPredict(operation, fitToCloud(body, clientHeaders, VERTEX).body)
        : format.name === openaiChat.name
        ? withPublisher(body)
        : body,
    leftOut: (body, format, clientHeaders) =>
      format.name === anthropicMessages.name
        ? fitToCloud(body, clientHeaders, VERTEX).warnings
        : [],
    warnings: () => [],
    prepare: (call) => ({
      ...describePost(new URL(base + pathOf(call)), headers, call, crossing(call)),
      credentials,
    }),
    prepareForward: () => undefined,
    prepareModels: (callId, after = FIRST_LIST) => {
      const url = new URL(`${host}/v1beta1/publishers/${after}`);
      const list = describeList(url, headers, callId, [["x-goog-user-project", project]]);
      return { ...list, credentials };
    },
    decodeModels: decodeVertexModels,
    nextModels: nextVertexModels,
    cleanError: (body, status, format) => {
      if (format.name === anthropicMessages.name) return cleanMessagesError(body, status, format);
      return format.name === gemini.name
        ? cleanGeminiError(body, status, format)
        : toOpenaiError(body, status);
    },
    retryAfterMs: (_headers, body) => retryDelayMs(body?.["error"]),
  };
}

const OWN_PUBLISHER =
  /^(?:publishers\/)?(?:google\/(?:models\/)?(?=gemini-)|anthropic\/(?:models\/)?(?=claude-))/;

const FIRST_LIST = "google/models?pageSize=300";

function hostOf({ baseUrl, location }: Options): string {
  if (baseUrl !== undefined) {
    // People paste it with what follows it.
    return baseUrl.replace(/\/+$/, "").replace(/\/v1(beta1)?(\/projects\/.*)?$/, "");
  }
  if (location === "global") return "https://aiplatform.googleapis.com";
  return location === "us" || location === "eu"
    ? `https://aiplatform.${location}.rep.googleapis.com`
    : `https://${location}-aiplatform.googleapis.com`;
}

/** With its publisher before it, or without. */
function formatsOf(model: string): OperationFormats {
  const name = nameOf(model);
  if (name.startsWith("claude-")) return CLAUDE;
  return name.startsWith("gemini-") ? GEMINI : OTHERS;
}

/**
 * Without the publisher whose model it is. Any other beginning is part of the name: a key for `vertex/gemini-*` would
 * else be one for `vertex/gemini-/claude-opus-4-5`, too.
 */
function nameOf(model: string): string {
  return model.replace(OWN_PUBLISHER, "");
}

function pathOf(call: OutgoingCall): string {
  const { model, operation, wantsStream, format } = call;
  const id = modelSegment(nameOf(model));
  if (format.name === gemini.name) return `/publishers/google/models/${id}:${methodOf(call)}`;
  if (format.name !== anthropicMessages.name) return "/endpoints/openapi/chat/completions";
  const claude = operation === "count_tokens" ? "count-tokens" : id;
  const method = wantsStream ? "streamRawPredict" : "rawPredict";
  return `/publishers/anthropic/models/${claude}:${method}`;
}

/** The model stands in the address, but where tokens are counted. */
function toRawPredict(operation: string, body: JsonObject): JsonObject {
  if (operation === "count_tokens") return body;
  const { model: _, ...rest } = body;
  return rest;
}

/** By OpenAI's API a model is named with its publisher. */
function withPublisher(body: JsonObject): JsonObject {
  const { model } = body;
  return typeof model === "string" && !model.includes("/")
    ? { ...body, model: `google/${model}` }
    : body;
}

/** The version is in the body; betas are a header here. */
function crossing({ headers, format }: OutgoingCall): HeaderList {
  const others = headers.filter(([name]) => !name.startsWith("anthropic-"));
  if (format.name !== anthropicMessages.name) return others;
  const { betas } = fitToCloud({}, headers, VERTEX);
  return betas.length === 0 ? others : [...others, [BETA_HEADER, betas.join(",")]];
}
