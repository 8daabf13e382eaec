/** OpenRouter. */

import * as z from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import type { Provider } from "../core/provider/provider.ts";
import { openaiChatFor } from "../formats/openai_chat/mod.ts";
import { credentialsOf } from "./account/account_keys.ts";
import {
  accountOptions,
  accountVariables,
  headerText,
  isOn,
  keySettingOf,
  reasonOf,
} from "./account/account_options.ts";
import { toOpenaiError } from "./error_form.ts";
import { decodeModelList } from "./models/model_list.ts";
import { openaiStyle } from "./openai_style.ts";
import { resetAfterMs } from "./rate_limit_reset.ts";
import type { ProviderKind } from "./provider_kind.ts";

const ROOT = "/api/v1";
const BASE_URL = `https://openrouter.ai${ROOT}`;
/** It takes cache marks and signed reasoning. */
const CHAT = [openaiChatFor("openrouter")];

const options = z.strictObject({
  ...accountOptions("OpenRouter", BASE_URL),
  referer: headerText.default("http://localhost").describe(
    "Address of your application in OpenRouter's rankings, sent as `HTTP-Referer`; a client's own never is.",
  ),
  title: headerText.default("Weir").describe("Its name there, sent as `X-OpenRouter-Title`."),
}).prefault({});

/** @see {@link https://openrouter.ai/docs/api-reference/overview} */
export const openrouter: ProviderKind<typeof options> = {
  options,
  variables: [
    ...accountVariables("OPENROUTER"),
    ["OPENROUTER_REFERER", "referer"],
    ["OPENROUTER_TITLE", "title"],
  ],
  create: (options) => {
    if (!isOn(options)) return [];
    const { baseUrl = BASE_URL, referer, title } = options;
    const reason = reasonOf("OPENROUTER", options);
    return [{
      ...openaiStyle({
        name: "openrouter",
        baseUrl,
        root: ROOT,
        credentials: credentialsOf(options),
        reason,
        keySetting: keySettingOf("OPENROUTER", "upstreams.openrouter", options),
        chat: CHAT,
        headers: [["http-referer", referer], ["x-openrouter-title", title]],
      }),
      describesModels: true,
      modelPaths: /^\/(count|user|.+\/endpoints)$/,
      decodeModels: (body) => decodeModelList(body, "openrouter", ["links"]),
      tellsUsage: true,
      routingSuffixes: [":nitro", ":floor", ":exacto", ":online"],
      cleanError,
      retryAfterMs,
      shouldRetry,
    }];
  },
};

/** Its errors name the account they are for. */
function cleanError(body: JsonObject, status: number): JsonObject {
  const { user_id: userId, ...rest } = body;
  return toOpenaiError(userId === undefined ? body : rest, status);
}

/**
 * The longest wait named anywhere: in the headers, in the copy of its provider's headers within the
 * error, or in `availability`, where it says what would serve the model.
 */
const retryAfterMs: Provider["retryAfterMs"] = (headers, body, epochMs) => {
  const error = memberOf(body, "error");
  const copied = new Map(
    Object.entries(memberOf(memberOf(error, "metadata"), "headers"))
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const retryAfterSeconds = Number(memberOf(error, "availability").retry_after ?? 0);
  const longestMs = Math.max(
    resetAfterMs((name) => headers.get(name), epochMs) ?? 0,
    resetAfterMs((name) => copied.get(name), epochMs) ?? 0,
    Number.isFinite(retryAfterSeconds) ? retryAfterSeconds * 1000 : 0,
  );
  return longestMs > 0 ? longestMs : undefined;
};

/** It says so where no endpoint serves the model. */
function shouldRetry(body: JsonObject): boolean | undefined {
  const { retryable } = memberOf(memberOf(body, "error"), "availability");
  return typeof retryable === "boolean" ? retryable : undefined;
}

/** A member that should be an object; an empty one where it is none. */
function memberOf(body: JsonObject | undefined, name: string): JsonObject {
  const value: JsonValue | undefined = body?.[name];
  return isJsonObject(value) ? value : {};
}
