/** What every upstream that speaks OpenAI's formats shares: its endpoints, a bearer key, a model list. */

import type { ProviderFormat } from "../core/format.ts";
import type { HeaderList, ProviderRequest } from "../core/provider/transport.ts";
import type { Operation, Provider } from "../core/provider/provider.ts";
import { openaiChat } from "../formats/openai_chat/mod.ts";
import { openaiCompletions } from "../formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../formats/openai_embeddings/mod.ts";
import { openaiResponses } from "../formats/openai_responses/mod.ts";
import { type Credentials, credentialsOf } from "./account/account_keys.ts";
import { addressOf, type ApiAddress } from "./compatible/address.ts";
import { toOpenaiError } from "./error_form.ts";
import { decodeModelList } from "./models/model_list.ts";
import { resetAfterMs } from "./rate_limit_reset.ts";
import { describeForward, describeList, describePost, OWN_HEADERS } from "./described_request.ts";

export interface OpenaiStyleOptions {
  readonly name: string;
  /** Where the API lies, unless `address` says it. */
  readonly baseUrl?: string;
  /** Where the API lies below a bare host; `/v1` by default. */
  readonly root?: string;
  readonly address?: ApiAddress;
  readonly credentials?: Credentials;
  readonly reason: string;
  /** See `Upstream.keySetting`. */
  readonly keySetting?: string;
  /** The formats of its chats, the one for translations first, where they are not what most take. */
  readonly chat?: readonly ProviderFormat[];
  /** Headers sent with every request, beyond credentials and content type. */
  readonly headers?: HeaderList;
}

/** It always has a list of models. */
export interface OpenaiStyle extends Provider {
  prepareModels(callId: string): ProviderRequest;
}

const CHAT = [openaiChat];
const COMPLETIONS = [openaiCompletions];
const EMBEDDINGS = [openaiEmbeddings];

/**
 * An upstream without quirks. A provider with some spreads this and replaces what differs:
 * `{ ...openaiStyle({...}), adapt }`.
 */
export function openaiStyle(options: OpenaiStyleOptions): OpenaiStyle {
  const { chat = CHAT, credentials = credentialsOf({}) } = options;
  const { baseUrl: written = "", root } = options;
  const address = options.address ?? addressOf({ baseUrl: written, root });
  const { baseUrl, urlOf } = address;
  const urls: Readonly<Partial<Record<Operation, URL>>> = {
    chat: urlOf("/chat/completions"),
    completions: urlOf("/completions"),
    embeddings: urlOf("/embeddings"),
  };
  const responsesUrls: Readonly<Partial<Record<Operation, URL>>> = {
    chat: urlOf("/responses"),
    count_tokens: urlOf("/responses/input_tokens"),
    compact: urlOf("/responses/compact"),
  };
  // What is beside its chats, in no other format of OpenAI's.
  const responses = chat.filter(({ name }) => name === openaiResponses.name);
  const modelsUrl = urlOf("/models");
  const headers: HeaderList = [
    ...OWN_HEADERS,
    ...credentials.headers,
    ...(options.headers ?? []),
  ];
  return {
    name: options.name,
    formats: {
      chat,
      completions: COMPLETIONS,
      embeddings: EMBEDDINGS,
      count_tokens: responses,
      compact: responses,
    },
    target: baseUrl,
    reason: options.reason,
    ...(options.keySetting !== undefined && { keySetting: options.keySetting }),
    isMetered: credentials.isMetered,
    ...(credentials.keys !== undefined && { keys: credentials.keys }),
    acceptsStreamUsage: true,
    adapt: (_operation, body) => body,
    warnings: () => [],
    prepare: (call) => {
      const url =
        (call.format.name === openaiResponses.name ? responsesUrls : urls)[call.operation];
      return describePost(url ?? refuseOperation(call.operation), headers, call);
    },
    prepareForward: (call) => describeForward(urlOf(call.pathAndQuery), headers, call),
    prepareModels: (callId) => describeList(modelsUrl, headers, callId),
    decodeModels: (body) => decodeModelList(body, options.name),
    cleanError: toOpenaiError,
    retryAfterMs: (responseHeaders, _error, epochMs) =>
      resetAfterMs((name) => responseHeaders.get(name), epochMs),
  };
}

/** Of what its formats do not have it is never asked. */
function refuseOperation(operation: Operation): never {
  throw new Error(`There is no address for ${operation}`);
}
