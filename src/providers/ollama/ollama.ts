/** Ollama, by its own API; clients of OpenAI's get the one that it has beside that, wherever it says enough. */

import * as z from "zod";
import type { FormatName } from "../../core/chat/chat.ts";
import type { ProviderFormat } from "../../core/format.ts";
import type {
  ListedModel,
  Operation,
  OperationFormats,
  Provider,
} from "../../core/provider/provider.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { SECRET } from "../../core/text/secret.ts";
import { ollamaEmbed } from "../../formats/ollama/embeddings/embeddings.ts";
import { ollamaChat, ollamaGenerate } from "../../formats/ollama/mod.ts";
import { OWN_FIELDS } from "../../formats/ollama/request/encode_chat.ts";
import { findReason } from "../../formats/openai_chat/errors/reason.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../../formats/openai_embeddings/mod.ts";
import { keyText } from "../account/account_keys.ts";
import { hasCredentials } from "../account/account_options.ts";
import { toOpenaiError } from "../error_form.ts";
import { decodeModelList } from "../models/model_list.ts";
import type { ProviderKind } from "../provider_kind.ts";
import { ollamaAddress } from "./ollama_host.ts";
import { describeForward, describeList, describePost, OWN_HEADERS } from "../described_request.ts";

/** What of its lists is kept for clients that know Ollama. */
const OWN_LIST_FIELDS = ["details", "size", "digest"];
const DEFAULT_TAG = ":latest";

const options = z.strictObject({
  host: z.string().min(1).max(2_048).refine(
    (text) => ollamaAddress(text) !== undefined,
    "must be a host, host:port, :port or an address that begins with http:// or https://",
  ).refine(
    (text) => !hasCredentials(text),
    "must not hold a user or a password, which would not be sent; set the API key instead",
  ).optional().describe(
    "Where Ollama is: a host, `host:port`, `:port` or an address; switches it on. `0.0.0.0` is this machine.",
  ),
  apiKey: keyText.optional().meta(SECRET).describe(
    "Key that is sent to Ollama as `Authorization: Bearer`, for `https://ollama.com` or a proxy before it.",
  ),
  contextLength: z.int().min(1).max(100_000_000).optional().describe(
    "Context in tokens that Ollama is asked for (`num_ctx`) where a request does not say; without it Ollama takes its own, and silently cuts off the beginning of what is longer.",
  ),
  keepAlive: z.string().regex(/^-?\d+(?:\.\d+)?(?:ms|s|m|h)?$/, {
    error: "must be a number of seconds or a duration such as 10m; -1 keeps models for ever",
  }).optional().describe(
    "How long Ollama is to keep a model in memory (`keep_alive`) where a request does not say.",
  ),
}).prefault({});

type Options = z.output<typeof options>;

const NATIVE_URLS: Readonly<Record<FormatName, string>> = {
  [ollamaChat.name]: "/api/chat",
  [ollamaGenerate.name]: "/api/generate",
  [ollamaEmbed.name]: "/api/embed",
};
const OPENAI_URLS: Readonly<Partial<Record<Operation, string>>> = {
  chat: "/v1/chat/completions",
  completions: "/v1/completions",
  embeddings: "/v1/embeddings",
};

/** @see {@link https://github.com/ollama/ollama/blob/main/docs/api.md} */
export const ollama: ProviderKind<typeof options> = {
  options,
  variables: [
    ["OLLAMA_HOST", "host"],
    ["OLLAMA_API_KEY", "apiKey"],
    ["OLLAMA_CONTEXT_LENGTH", "contextLength", "number"],
    ["OLLAMA_KEEP_ALIVE", "keepAlive"],
  ],
  create: (options) => {
    const address = options.host === undefined ? undefined : ollamaAddress(options.host);
    return address === undefined ? [] : [describe(address, options)];
  },
};

function describe(address: string, options: Options): Provider {
  const { apiKey } = options;
  const headers: HeaderList = [
    ...OWN_HEADERS,
    ...(apiKey === undefined ? [] : [["authorization", `Bearer ${apiKey}`]] as const),
  ];
  return {
    name: "ollama",
    formats: formatsOf(options),
    target: address,
    reason: "OLLAMA_HOST is set",
    keySetting: "OLLAMA_API_KEY (upstreams.ollama.apiKey in a configuration file)",
    isMetered: apiKey !== undefined,
    acceptsStreamUsage: true,
    hasClosedList: true,
    listsAs: (model, ids) => ids.has(model + DEFAULT_TAG),
    unfitFormats,
    adapt: (_operation, body, format) =>
      format.name in NATIVE_URLS ? withDefaults(body, options) : body,
    warnings: () => [],
    prepare: (call) => {
      const { operation, wantsStream, format } = call;
      const url = new URL(address + (NATIVE_URLS[format.name] ?? OPENAI_URLS[operation] ?? ""));
      return describePost(url, headers, call, call.headers, acceptOf(format, wantsStream));
    },
    prepareForward: (call) =>
      describeForward(new URL(`${address}/v1${call.pathAndQuery}`), headers, call),
    prepareModels: (callId) => describeList(new URL(`${address}/api/tags`), headers, callId),
    decodeModels,
    cleanError,
    retryAfterMs: () => undefined,
  };
}

/** OpenAI's chats cannot say what the operator has set. */
function formatsOf({ contextLength, keepAlive }: Options): OperationFormats {
  const isNativeOnly = contextLength !== undefined || keepAlive !== undefined;
  return {
    chat: [ollamaChat, ...(isNativeOnly ? [] : [openaiChat]), ollamaGenerate],
    completions: [openaiCompletions],
    embeddings: [ollamaEmbed, openaiEmbeddings],
  };
}

/** What clients of OpenAI's API add for Ollama, its `/v1` does not read. */
function unfitFormats(body: JsonObject): readonly FormatName[] {
  return OWN_FIELDS.some((name) => body[name] !== undefined) ? [openaiChat.name] : [];
}

/** What the request says itself wins. */
function withDefaults(body: JsonObject, { contextLength, keepAlive }: Options): JsonObject {
  const given = isJsonObject(body["options"]) ? body["options"] : {};
  const isContextOpen = contextLength !== undefined && given["num_ctx"] === undefined;
  const isKeepAliveOpen = keepAlive !== undefined && body["keep_alive"] === undefined;
  if (!isContextOpen && !isKeepAliveOpen) return body;
  return {
    ...body,
    ...(isContextOpen && { options: { ...given, num_ctx: contextLength } }),
    // A bare number is one of seconds, and a text has to have a unit.
    ...(isKeepAliveOpen && {
      keep_alive: /[a-z]$/.test(keepAlive) ? keepAlive : Number(keepAlive),
    }),
  };
}

function acceptOf({ name }: ProviderFormat, wantsStream: boolean): string {
  if (!wantsStream) return "application/json";
  return name in NATIVE_URLS ? "application/x-ndjson" : "text/event-stream";
}

/** Its list in the words of the others. */
function decodeModels(body: JsonValue): readonly ListedModel[] {
  const models = isJsonObject(body) && Array.isArray(body.models) ? body.models : body;
  if (!Array.isArray(models)) return decodeModelList(body, "ollama");
  const renamed = models.map((entry) => isJsonObject(entry) ? rename(entry) : entry);
  return decodeModelList(renamed, "ollama", OWN_LIST_FIELDS);
}

function rename(entry: JsonObject): JsonObject {
  const { model, name, modified_at: modifiedAt, details } = entry;
  const createdMs = typeof modifiedAt === "string" ? Date.parse(modifiedAt) : NaN;
  const contextLength = isJsonObject(details) ? details["context_length"] : undefined;
  return {
    id: model ?? name ?? null,
    ...(!Number.isNaN(createdMs) && { created: createdMs / 1_000 }),
    ...(contextLength !== undefined && { context_length: contextLength }),
    ...entry,
  };
}

/** Proxies before it answer in other forms than its own. */
function cleanError(body: JsonObject, status: number, format: ProviderFormat): JsonObject {
  if (!(format.name in NATIVE_URLS)) return toOpenaiError(body, status);
  if (typeof body["error"] === "string") return body;
  return { error: findReason(body) ?? `The upstream answered with status ${status}` };
}
