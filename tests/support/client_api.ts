/**
 * The APIs in which a client asks for a chat, and the providers that speak them, for what must be the same
 * on each.
 *
 * @module
 */

import type { Program } from "./program.ts";

export interface Question {
  readonly content: string;
  readonly stream?: boolean;
  readonly model?: string;
  readonly maxTokens?: number;
  /** Further members of the body. */
  readonly more?: object;
  readonly id?: string;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

export interface ClientApi {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How a stream ends that is whole. */
  readonly streamEnd: string;
  /** The text of a whole answer. */
  textOf(answer: string): string;
  /** What tells errors apart. */
  errorOf(answer: string): string;
}

export const CHAT_API: ClientApi = {
  name: "chat",
  path: "/v1/chat/completions",
  headers: {},
  streamEnd: "data: [DONE]\n\n",
  textOf: (answer) => JSON.parse(answer).choices[0].message.content,
  errorOf: (answer) => JSON.parse(answer).error.code,
};

export const MESSAGES_API: ClientApi = {
  name: "Messages",
  path: "/v1/messages",
  headers: { "anthropic-version": "2023-06-01" },
  streamEnd: `event: message_stop\ndata: {"type":"message_stop"}\n\n`,
  textOf: (answer) => JSON.parse(answer).content[0].text,
  errorOf: (answer) => JSON.parse(answer).error.type,
};

export const CLIENT_APIS: readonly ClientApi[] = [CHAT_API, MESSAGES_API];

export function askIn(
  api: ClientApi,
  weir: Pick<Program, "url">,
  { content, stream = false, model = "m", maxTokens = 20_000, more, id, key, signal }: Question,
): Promise<Response> {
  return fetch(weir.url + api.path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...api.headers,
      ...(id !== undefined && { "x-request-id": id }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      model,
      stream,
      max_tokens: maxTokens,
      messages: [{ role: "user", content }],
      ...more,
    }),
    ...(signal && { signal }),
  });
}

/** A provider as the gateway is told of it, by the API that it is asked in. */
export const PROVIDER_SETTINGS = {
  chat: (baseUrl: string) => ({ OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: baseUrl }),
  Messages: (baseUrl: string) => ({
    ANTHROPIC_API_KEY: "sk-upstream",
    ANTHROPIC_BASE_URL: baseUrl,
  }),
} as const;

/** Each pair of a client's API and a provider's. */
export const API_PAIRS = CLIENT_APIS.flatMap((api) =>
  Object.entries(PROVIDER_SETTINGS).map(([provider, settings]) => ({ api, provider, settings }))
);
