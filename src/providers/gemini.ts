/** Google's Gemini, by its own API. */

import * as z from "zod";
import type { ProviderFormat } from "../core/format.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import type {
  ListedModel,
  OperationFormats,
  OutgoingCall,
  Provider,
} from "../core/provider/provider.ts";
import type { HeaderList } from "../core/provider/transport.ts";
import { geminiBatchEmbedContents, geminiEmbedContent } from "../formats/gemini/embeddings/mod.ts";
import { encodeError } from "../formats/gemini/errors.ts";
import { retryDelayMs } from "../formats/gemini/fault.ts";
import { gemini as geminiFormat } from "../formats/gemini/mod.ts";
import { findReason } from "../formats/openai_chat/errors/reason.ts";
import { type Credentials, credentialsOf } from "./account/account_keys.ts";
import {
  accountOptions,
  accountVariables,
  isOn,
  keySettingOf,
  reasonOf,
} from "./account/account_options.ts";
import { normalizeBaseUrl } from "./account/base_url.ts";
import { modelSegments } from "./models/model_in_address.ts";
import { decodeModelList } from "./models/model_list.ts";
import type { ProviderKind } from "./provider_kind.ts";
import { describeForward, describeList, describePost, OWN_HEADERS } from "./described_request.ts";

const ROOT = "/v1beta";
const BASE_URL = `https://generativelanguage.googleapis.com${ROOT}`;
const MAX_PAGE_MODELS = 1_000;
/** How it names the project of the key's account. */
const PROJECT = /\b(project_number:|projects\/)[\w-]+/g;

const FORMATS: OperationFormats = {
  chat: [geminiFormat],
  count_tokens: [geminiFormat],
  embeddings: [geminiBatchEmbedContents, geminiEmbedContent],
};

const options = z.strictObject(accountOptions("Gemini", BASE_URL)).prefault({});

/** @see {@link https://ai.google.dev/api} */
export const gemini: ProviderKind<typeof options> = {
  options,
  variables: [
    ...accountVariables("GEMINI"),
  ],
  create: (options) => {
    if (!isOn(options)) return [];
    const { baseUrl = BASE_URL } = options;
    const credentials = credentialsOf(options, { header: "x-goog-api-key" });
    return [describe(addressOf(baseUrl), credentials, {
      reason: reasonOf("GEMINI", options),
      keySetting: keySettingOf("GEMINI", "upstreams.gemini", options),
    })];
  },
};

/** With or without the version, and as it is pasted from an example. */
function addressOf(baseUrl: string): string {
  const address = normalizeBaseUrl(baseUrl, ROOT).replace(/\/(?:models|openai)$/, "");
  return /\/v1(?:beta|alpha)?\d*$/.test(address) ? address : `${address}${ROOT}`;
}

function describe(
  baseUrl: string,
  credentials: Credentials,
  setting: Pick<Provider, "reason" | "keySetting">,
): Provider {
  const modelsUrl = new URL(`${baseUrl}/models?pageSize=${MAX_PAGE_MODELS}`);
  // In a header and not in the address, which is logged by whoever stands between.
  const headers: HeaderList = [
    ...OWN_HEADERS,
    ...credentials.headers,
  ];
  return {
    name: "gemini",
    formats: FORMATS,
    target: baseUrl,
    ...setting,
    isMetered: credentials.isMetered,
    ...(credentials.keys !== undefined && { keys: credentials.keys }),
    acceptsStreamUsage: false,
    hasClosedList: true,
    adapt: (_operation, body) => body,
    warnings: () => [],
    prepare: (call) => {
      const url = new URL(`${baseUrl}/${pathOf(call.model)}:${methodOf(call)}`);
      return describePost(url, headers, call);
    },
    prepareForward: (call) =>
      describeForward(new URL(`${baseUrl}${call.pathAndQuery}`), headers, call),
    prepareModels: (callId, after) => {
      const url = after === undefined
        ? modelsUrl
        : new URL(`${modelsUrl.search}&pageToken=${encodeURIComponent(after)}`, modelsUrl);
      return describeList(url, headers, callId);
    },
    decodeModels,
    nextModels,
    cleanError: cleanGeminiError,
    shouldRetry,
    retryAfterMs: (_headers, body) => retryDelayMs(body?.error),
  };
}

/** `models/x`, or where else a model lies: `tunedModels/x`. */
function pathOf(model: string): string {
  return modelSegments(model.includes("/") ? model : `models/${model}`);
}

export function methodOf({ operation, wantsStream, format }: OutgoingCall): string {
  if (operation === "count_tokens") return "countTokens";
  if (operation === "embeddings") {
    return format.name === geminiEmbedContent.name ? "embedContent" : "batchEmbedContents";
  }
  // Without it the stream is one JSON array.
  return wantsStream ? "streamGenerateContent?alt=sse" : "generateContent";
}

/** Its list in the words of the others. */
function decodeModels(body: JsonValue): readonly ListedModel[] {
  const models = isJsonObject(body) ? body.models ?? [] : body;
  if (!Array.isArray(models)) return decodeModelList(body, "google");
  const entries = models.map((entry) => isJsonObject(entry) ? renamed(entry) : entry);
  return decodeModelList(entries, "google");
}

function renamed(entry: JsonObject): JsonObject {
  const { name, displayName, supportedGenerationMethods: methods } = entry;
  return {
    ...entry,
    id: typeof name === "string" ? name.replace(/^models\//, "") : null,
    ...(displayName !== undefined && { name: displayName }),
    ...(Array.isArray(methods) && {
      capabilities: { embedding: methods.some((method) => /embed/i.test(String(method))) },
    }),
  };
}

/** Where the next page begins; `undefined` on the last. */
function nextModels(body: JsonValue): string | undefined {
  const token = isJsonObject(body) ? body.nextPageToken : undefined;
  return typeof token === "string" && token !== "" ? token : undefined;
}

/** Without the project of the account. Proxies in front of it answer in other forms than its own. */
export function cleanGeminiError(
  body: JsonObject,
  status: number,
  format: ProviderFormat,
): JsonObject {
  const { error } = body;
  if (
    isJsonObject(error) && typeof error.message === "string" && typeof error.status === "string"
  ) {
    const text = JSON.stringify(body);
    const clean = text.replace(PROJECT, "$1***");
    return clean === text ? body : JSON.parse(clean) as JsonObject; // It was one before.
  }
  const { message = findReason(body), code } = format.faultOf(body) ?? {};
  const words = message ?? `The upstream answered with status ${status}`;
  const stated = { status, ...(code !== undefined && { code }) };
  return encodeError(new GatewayError("upstream_error", words, stated), "");
}

/** What a day allows is not there again within a call. */
function shouldRetry({ error }: JsonObject): boolean | undefined {
  const details = isJsonObject(error) && Array.isArray(error.details) ? error.details : [];
  const isForToday = details.some((detail) =>
    isJsonObject(detail) && Array.isArray(detail.violations) &&
    detail.violations.some((violation) =>
      isJsonObject(violation) && /PerDay/.test(String(violation.quotaId))
    )
  );
  return isForToday ? false : undefined;
}
