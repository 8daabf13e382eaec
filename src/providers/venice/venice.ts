/** Venice.ai. */

import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import type { Operation, OperationFormats } from "../../core/provider/provider.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiEmbeddings } from "../../formats/openai_embeddings/mod.ts";
import { credentialsOf } from "../account/account_keys.ts";
import {
  type Account,
  accountOptions,
  accountVariables,
  isKeyed,
  isOn,
  keySettingOf,
  reasonOf,
} from "../account/account_options.ts";
import { dropFields } from "../drop_fields.ts";
import { toOpenaiError } from "../error_form.ts";
import { openaiStyle } from "../openai_style.ts";
import { resetAfterMs } from "../rate_limit_reset.ts";
import type { ProviderKind } from "../provider_kind.ts";
import { firstIssue } from "./venice_issues.ts";

const HOST = "api.venice.ai";
const ROOT = "/api/v1";
const BASE_URL = `https://${HOST}${ROOT}`;

/** OpenAI's fields that Venice's schema does not have; it refuses what it does not know. */
const DROP_FIELDS = [
  "audio",
  "function_call",
  "functions",
  "logit_bias",
  "modalities",
  "moderation",
  "prediction",
  "prompt_cache_options",
  "safety_identifier",
  "service_tier",
  "stream_options.include_obfuscation",
  "web_search_options",
];

const options = z.strictObject({
  ...accountOptions("Venice", BASE_URL),
  dropFields: z.array(z.string().min(1).max(200)).max(100).default(DROP_FIELDS).describe(
    "Fields of requests that are not sent to Venice, dotted below the top level.",
  ),
  lockoutWaitMs: z.int().min(0).max(3_600_000).default(30_000).describe(
    "Wait before another try when Venice has locked the key for too many failed attempts; trying sooner makes it longer.",
  ),
}).prefault({});

/** The last two are set where other settings than its own switched it on. */
type Settings = z.output<typeof options> & {
  readonly reason?: string;
  readonly keySetting?: string;
};

/** There is no legacy `completions`. */
const FORMATS: OperationFormats = { chat: [openaiChat], embeddings: [openaiEmbeddings] };

/** @see {@link https://docs.venice.ai/api-reference} */
export const venice: ProviderKind<typeof options> = {
  options,
  variables: [
    ...accountVariables("VENICE"),
    ["VENICE_DROP_FIELDS", "dropFields", "list"],
    ["RATE_LIMIT_WAIT", "lockoutWaitMs", "seconds"],
  ],
  create: (options: Settings) => {
    if (!isOn(options)) return [];
    const { baseUrl = BASE_URL, lockoutWaitMs } = options;
    const reason = options.reason ?? reasonOf("VENICE", options);
    const keySetting = options.keySetting ?? keySettingOf("VENICE", "upstreams.venice", options);
    const credentials = credentialsOf(options);
    const named = { name: "venice", baseUrl, root: ROOT };
    const style = openaiStyle({ ...named, credentials, reason, keySetting });
    return [{
      ...style,
      formats: FORMATS,
      acceptsStreamUsage: !options.dropFields.includes("stream_options"),
      adapt: (operation, body) => adapt(operation, dropFields(body, options.dropFields)),
      // Without a type it lists text models only, and embeddings could not be routed by their model.
      prepareModels: (callId) => {
        const request = style.prepareModels(callId);
        return { ...request, url: new URL("?type=all", request.url) };
      },
      cleanError,
      retryAfterMs: (headers, body, epochMs) => {
        const resetMs = resetAfterMs((name) => headers.get(name), epochMs);
        return isLockedOut(body) ? Math.max(lockoutWaitMs, resetMs ?? 0) : resetMs;
      },
    }];
  },
};

interface Accounts {
  readonly openai: Account;
  readonly venice: Account;
}

/**
 * Reads OpenAI's settings as Venice's where their address is Venice's, as in setups that knew no other
 * variable for it.
 */
export function readVeniceAddress<Options extends Accounts>(options: Options): Options {
  const { openai, venice } = options;
  if (openai.baseUrl === undefined || new URL(openai.baseUrl).hostname !== HOST) return options;
  return {
    ...options,
    openai: { ...openai, apiKey: undefined, apiKeys: undefined, baseUrl: undefined },
    venice: {
      ...venice,
      ...(isKeyed(venice) ? {} : { apiKey: openai.apiKey, apiKeys: openai.apiKeys }),
      baseUrl: venice.baseUrl ?? openai.baseUrl,
      reason: "OPENAI_BASE_URL is Venice's",
      ...(!isKeyed(venice) &&
        { keySetting: keySettingOf("OPENAI", "upstreams.openai", openai) }),
    },
  };
}

/** Its embeddings are lists of numbers, whatever is asked for. */
function adapt(operation: Operation, body: JsonObject): JsonObject {
  return operation === "embeddings" && body.encoding_format === "base64"
    ? { ...body, encoding_format: "float" }
    : body;
}

/** Its text says that a request is not valid; which field, and why, is in `details`. */
function cleanError(body: JsonObject, status: number): JsonObject {
  const clean = toOpenaiError(body, status);
  const issue = firstIssue(body.details);
  if (issue === undefined || !isJsonObject(clean.error)) return clean;
  const { param, message } = issue;
  return {
    ...clean,
    error: {
      ...clean.error,
      message: `${clean.error.message}: ${param === "" ? "" : `"${param}": `}${message}`,
      param: param === "" ? null : param,
    },
  };
}

/** More than 20 failed requests within 30 seconds lock a key for as long. */
function isLockedOut(body: JsonObject | undefined): boolean {
  const message = body && openaiChat.faultOf(body)?.message;
  return message !== undefined && /too many failed attempts/i.test(message);
}
