/** chatjimmy.ai: unofficial, without a key, and everything about it from observation. */

import * as z from "zod";
import type { ChatRequest, Part } from "../core/chat/chat.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../core/text/json.ts";
import { mergeFacts, type ModelFacts } from "../core/provider/model_facts.ts";
import type { HeaderList } from "../core/provider/transport.ts";
import { chatjimmy as format } from "../formats/chatjimmy/mod.ts";
import { webAddress } from "./account/account_options.ts";
import { decodeModelList } from "./models/model_list.ts";
import type { ProviderKind } from "./provider_kind.ts";
import { OWN_HEADERS } from "./described_request.ts";

const BASE_URL = "https://chatjimmy.ai";
/** Its list tells nothing but names. */
const FACTS: ModelFacts = { contextTokens: 6_144, vision: false, thinking: false };

const options = z.strictObject({
  enabled: z.enum(["on", "off"]).default("off").describe(
    "Switches chatjimmy.ai on, as naming its address does.",
  ),
  baseUrl: webAddress.optional().describe(
    "Address of chatjimmy.ai or of something that speaks like it.",
  ),
  systemPrompt: z.string().min(1).max(20_000).optional().describe(
    "System prompt of chatjimmy requests that bring none.",
  ),
  topK: z.int().min(1).max(8).optional().describe(
    "How many tokens chatjimmy chooses from, where a request's `top_k` does not say; 1 makes answers repeatable.",
  ),
  images: z.enum(["ignore", "refuse"]).default("ignore").describe(
    "What becomes of images and other content that is not text in chatjimmy requests: left out, said so in `x-weir-warning`, or refused with 400.",
  ),
}).prefault({});

type Options = z.output<typeof options>;

export const chatjimmy: ProviderKind<typeof options> = {
  options,
  variables: [
    ["CHATJIMMY", "enabled"],
    ["CHATJIMMY_BASE_URL", "baseUrl"],
    ["CHATJIMMY_SYSTEM_PROMPT", "systemPrompt"],
    ["CHATJIMMY_TOP_K", "topK", "number"],
    ["CHATJIMMY_IMAGES", "images"],
  ],
  create: (options) => {
    if (options.enabled === "off" && options.baseUrl === undefined) return [];
    const { origin, pathname } = new URL(options.baseUrl ?? BASE_URL);
    const baseUrl = origin + pathname.replace(/\/+$/, "").replace(/\/api(\/chat)?$/, "");
    const chatUrl = new URL(`${baseUrl}/api/chat`);
    const modelsUrl = new URL(`${baseUrl}/api/models`);
    const headers: HeaderList = [
      ["accept", "*/*"],
      ...OWN_HEADERS,
    ];
    return [{
      name: "chatjimmy",
      formats: { chat: [format] },
      target: baseUrl,
      reason: options.baseUrl === undefined ? "CHATJIMMY is on" : "CHATJIMMY_BASE_URL is set",
      keySetting: "CHATJIMMY_BASE_URL (it takes no key)",
      isMetered: false,
      acceptsStreamUsage: false,
      emulatesTools: true,
      ...(options.systemPrompt !== undefined && { systemPrompt: options.systemPrompt }),
      adapt: (_operation, body) => withTopK(body, options),
      warnings: (request) => refuseImages(request, options),
      prepare: ({ body }) => ({
        method: "POST",
        url: chatUrl,
        headers: [...headers, ["content-type", "application/json"]],
        body,
      }),
      prepareForward: () => undefined,
      prepareModels: () => ({ method: "GET", url: modelsUrl, headers }),
      decodeModels: (body) =>
        decodeModelList(body, "chatjimmy").map((model) => ({
          ...model,
          facts: mergeFacts(model.facts, FACTS),
        })),
      cleanError: (body) => body,
      retryAfterMs: () => undefined,
    }];
  },
};

/** What the request brings itself wins. */
function withTopK(body: JsonObject, { topK }: Options): JsonObject {
  const { chatOptions } = body;
  if (topK === undefined || !isJsonObject(chatOptions) || chatOptions.topK !== undefined) {
    return body;
  }
  return { ...body, chatOptions: { ...chatOptions, topK } };
}

/** What is left out is the format's to say. */
function refuseImages(request: ChatRequest, { images }: Options): readonly string[] {
  const isTextOnly = request.messages.every(({ parts }) => parts.every(isText));
  if (isTextOnly || images === "ignore") return [];
  throw new GatewayError(
    "invalid_request",
    "This model reads text only: leave images and other content out",
    { param: "messages" },
  );
}

function isText(part: Part): boolean {
  if (part.type === "tool_result") return part.parts.every(isText);
  return part.type !== "media" && part.type !== "native";
}
