/** Anthropic, and anything else that speaks Messages. */

import * as z from "zod";
import type { ProviderFormat } from "../core/format.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import type { ListedModel, OperationFormats, Provider } from "../core/provider/provider.ts";
import { SECRET } from "../core/text/secret.ts";
import type { HeaderList, HeaderReader } from "../core/provider/transport.ts";
import { errorEvent } from "../formats/anthropic_messages/errors.ts";
import { anthropicMessages } from "../formats/anthropic_messages/mod.ts";
import { findReason } from "../formats/openai_chat/errors/reason.ts";
import {
  type Credentials,
  credentialsOf as accountCredentials,
  keyText,
} from "./account/account_keys.ts";
import {
  accountOptions,
  accountVariables,
  isKeyed,
  isOn,
  keySettingOf,
  reasonOf,
} from "./account/account_options.ts";
import { normalizeBaseUrl } from "./account/base_url.ts";
import { decodeModelList } from "./models/model_list.ts";
import type { ProviderKind } from "./provider_kind.ts";
import { describeForward, describeList, describePost, OWN_HEADERS } from "./described_request.ts";

const BASE_URL = "https://api.anthropic.com";
const VERSION_HEADER = "anthropic-version";
/** What a request is sent as whose client names no version. */
const API_VERSION = "2023-06-01";
/** Most models that one page of its list may have. */
const MAX_PAGE_MODELS = 1_000;
/** The ends of `anthropic-ratelimit-`, without `-remaining` and `-reset`. */
const BUDGETS = ["requests", "tokens", "input-tokens", "output-tokens"];
/** The end of a model's name. */
const DATE = /^-\d{8}$/;

const FORMATS: OperationFormats = {
  chat: [anthropicMessages],
  count_tokens: [anthropicMessages],
};

const options = z.strictObject({
  ...accountOptions("Anthropic", BASE_URL),
  authToken: keyText.optional().meta(SECRET).describe(
    "Token that is sent as `Authorization: Bearer`, as some gateways want it in place of a key or beside one; switches Anthropic on, too.",
  ),
}).prefault({});

type Options = z.output<typeof options>;

/** @see {@link https://docs.anthropic.com/en/api/messages} */
export const anthropic: ProviderKind<typeof options> = {
  options,
  variables: [
    ...accountVariables("ANTHROPIC"),
    ["ANTHROPIC_AUTH_TOKEN", "authToken"],
  ],
  create: (options) => {
    const { authToken, baseUrl = BASE_URL } = options;
    const isTokenAlone = authToken !== undefined && !isKeyed(options);
    if (!isOn(options) && authToken === undefined) return [];
    return [describe(addressOf(baseUrl), credentialsOf(options), {
      reason: isTokenAlone ? "ANTHROPIC_AUTH_TOKEN is set" : reasonOf("ANTHROPIC", options),
      keySetting: isTokenAlone
        ? "ANTHROPIC_AUTH_TOKEN (upstreams.anthropic.authToken in a configuration file)"
        : keySettingOf("ANTHROPIC", "upstreams.anthropic", options),
    })];
  },
};

/** Its clients write the address without the version and add it themselves, whatever path there is. */
function addressOf(baseUrl: string): string {
  return `${normalizeBaseUrl(baseUrl).replace(/\/v1$/, "")}/v1`;
}

/** Whoever is given both reads the one it knows, as with Anthropic's own clients. */
function credentialsOf(options: Options): Credentials {
  const keys = accountCredentials(options, { header: "x-api-key" });
  const { authToken } = options;
  if (authToken === undefined) return keys;
  const headers = [...keys.headers, ["authorization", `Bearer ${authToken}`]] as const;
  return { ...keys, headers, isMetered: true };
}

function describe(
  baseUrl: string,
  credentials: Credentials,
  setting: Pick<Provider, "reason" | "keySetting">,
): Provider {
  const messagesUrl = new URL(`${baseUrl}/messages`);
  const countUrl = new URL(`${baseUrl}/messages/count_tokens`);
  const modelsUrl = new URL(`${baseUrl}/models?limit=${MAX_PAGE_MODELS}`);
  const headers: HeaderList = [
    ...OWN_HEADERS,
    ...credentials.headers,
  ];
  return {
    name: "anthropic",
    formats: FORMATS,
    target: baseUrl,
    ...setting,
    isMetered: credentials.isMetered,
    ...(credentials.keys !== undefined && { keys: credentials.keys }),
    acceptsStreamUsage: false,
    hasClosedList: true,
    listsAs,
    answerHeaders: /^anthropic-(?!organization-id$)/,
    adapt: (_operation, body) => body,
    warnings: () => [],
    prepare: (call) => {
      const { operation, query = "" } = call;
      const url = operation === "count_tokens" ? countUrl : messagesUrl;
      const asked = query === "" ? url : new URL(query, url);
      return describePost(asked, headers, call, withVersion(call.headers));
    },
    prepareForward: (call) => {
      const url = new URL(`${baseUrl}${call.pathAndQuery}`);
      return describeForward(url, headers, call, withVersion(call.headers));
    },
    prepareModels: (callId, after) => {
      const url = after === undefined
        ? modelsUrl
        : new URL(`${modelsUrl.search}&after_id=${encodeURIComponent(after)}`, modelsUrl);
      return describeList(url, headers, callId, withVersion([]));
    },
    decodeModels,
    nextModels,
    cleanError: cleanMessagesError,
    retryAfterMs,
  };
}

/** The headers, naming a version of the API. */
export function withVersion(headers: HeaderList): HeaderList {
  const isNamed = headers.some(([name]) => name === VERSION_HEADER);
  return isNamed ? headers : [...headers, [VERSION_HEADER, API_VERSION]];
}

/** Its list in the words of the others. */
function decodeModels(body: JsonValue): readonly ListedModel[] {
  const data = isJsonObject(body) && Array.isArray(body.data) ? body.data : body;
  if (!Array.isArray(data)) return decodeModelList(body, "anthropic");
  return decodeModelList(
    data.map((entry) => isJsonObject(entry) ? renamed(entry) : entry),
    "anthropic",
  );
}

function renamed(entry: JsonObject): JsonObject {
  const { display_name: name, created_at: createdAt } = entry;
  const createdMs = typeof createdAt === "string" ? Date.parse(createdAt) : NaN;
  return {
    ...(typeof name === "string" && { name }),
    ...(!Number.isNaN(createdMs) && { created: createdMs / 1000 }),
    owned_by: "anthropic",
    context_length: entry.max_input_tokens ?? null,
    max_completion_tokens: entry.max_tokens ?? null,
    ...entry,
  };
}

/** Where the next page begins; `undefined` on the last. */
function nextModels(body: JsonValue): string | undefined {
  if (!isJsonObject(body) || body.has_more !== true) return undefined;
  return typeof body.last_id === "string" ? body.last_id : undefined;
}

/** The list has names with their date, which may be left out: `claude-sonnet-4-5`, `claude-opus-4-0`. */
function listsAs(model: string, ids: ReadonlySet<string>): boolean {
  const name = model.replace(/-(latest|0)$/, "");
  for (const id of ids) {
    if (id.startsWith(`${name}-`) && DATE.test(id.slice(name.length))) return true;
  }
  return false;
}

/** Proxies in front of it answer in other forms than its own. */
export function cleanMessagesError(
  body: JsonObject,
  status: number,
  format: ProviderFormat,
): JsonObject {
  const { type, error } = body;
  if (type === "error" && isJsonObject(error) && typeof error.message === "string") return body;
  const { message = findReason(body), code } = format.faultOf(body) ?? {};
  const words = message ?? `The upstream answered with status ${status}`;
  const stated = { status, ...(code !== undefined && { code }) };
  return errorEvent(new GatewayError("upstream_error", words, stated));
}

/** Until every budget that is used up is refilled; `undefined` where none is, or the moment has passed. */
function retryAfterMs(
  headers: HeaderReader,
  _error: JsonObject | undefined,
  epochMs: number,
): number | undefined {
  const waitsMs = BUDGETS.map((budget) => {
    if (Number(headers.get(`anthropic-ratelimit-${budget}-remaining`) ?? 0) > 0) return 0;
    const reset = Date.parse(headers.get(`anthropic-ratelimit-${budget}-reset`) ?? "");
    return Number.isNaN(reset) ? 0 : reset - epochMs;
  });
  const longestMs = Math.max(...waitsMs);
  return longestMs > 0 ? longestMs : undefined;
}
