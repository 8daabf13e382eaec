/** Settings of upstreams that show in what becomes of a call, and what is seen of each. */

import type { JsonObject, JsonValue } from "../../../src/core/text/json.ts";
import { startChatjimmy } from "../../support/providers/chatjimmy.ts";
import { startPlain } from "../../support/providers/plain.ts";
import type { StandIn, StandInRequest } from "../../support/providers/stand_in.ts";
import { startVenice, VENICE_KEY } from "../../support/providers/venice.ts";

/** What a setting is seen by: the request as it arrived, and the client's answer. */
export interface Seen {
  readonly request: StandInRequest | undefined;
  readonly response: Response;
}

export interface Setting {
  readonly variable: string;
  readonly value: string;
  /** Beside a model and a message. */
  readonly ask?: JsonObject;
  readonly look: (seen: Seen) => JsonValue;
  /** What is seen without the setting, and with it. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

interface Provider {
  readonly start: () => StandIn;
  readonly env: (origin: string) => Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
}

const IMAGE = { type: "image_url", image_url: { url: "https://a.example/cat.png" } };

const field = (...path: readonly string[]) => ({ request }: Seen): JsonValue =>
  path.reduce<JsonValue>(
    (value, key) => (value as JsonObject)?.[key] ?? null,
    request?.json ?? null,
  );

export const PROVIDERS: Readonly<Record<string, Provider>> = {
  venice: {
    start: startVenice,
    env: (origin) => ({
      VENICE_BASE_URL: origin,
      VENICE_API_KEY: VENICE_KEY,
      RETRY_BUDGET: "1",
    }),
    settings: [
      {
        variable: "RATE_LIMIT_WAIT",
        value: "0.05",
        ask: { messages: [{ role: "user", content: "[lockout]" }] },
        // A longer wait than the budget allows is handed on to the client.
        look: ({ response }) => [response.status, response.headers.get("retry-after")],
        before: [429, "30"],
        after: [200, null],
      },
    ],
  },
  compatible: {
    start: startPlain,
    env: (origin) => ({ UPSTREAM_LOCAL_BASE_URL: origin }),
    settings: [
      {
        variable: "UPSTREAM_LOCAL_STREAM_USAGE",
        value: "off",
        ask: { stream: true },
        look: field("stream_options", "include_usage"),
        before: true,
        after: null,
      },
      {
        variable: "UPSTREAM_LOCAL_TOOLS",
        value: "emulate",
        ask: { tools: [{ type: "function", function: { name: "f", parameters: {} } }] },
        look: ({ response }) => response.headers.get("x-weir-tools"),
        before: null,
        after: "emulated",
      },
    ],
  },
  chatjimmy: {
    start: startChatjimmy,
    env: (origin) => ({ CHATJIMMY_BASE_URL: origin }),
    settings: [
      {
        variable: "CHATJIMMY_SYSTEM_PROMPT",
        value: "Be brief.",
        look: field("chatOptions", "systemPrompt"),
        before: "",
        after: "Be brief.",
      },
      {
        variable: "CHATJIMMY_TOP_K",
        value: "1",
        look: field("chatOptions", "topK"),
        before: null,
        after: 1,
      },
      {
        variable: "CHATJIMMY_IMAGES",
        value: "refuse",
        ask: {
          messages: [{ role: "user", content: [{ type: "text", text: "What?" }, IMAGE] }],
        },
        look: ({ response }) => [response.status, response.headers.has("x-weir-warning")],
        before: [200, true],
        after: [400, false],
      },
    ],
  },
};
