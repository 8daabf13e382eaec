/** Describes a provider that speaks OpenAI's formats, Anthropic's, or both, by what differs at it. */

import type { ProviderFormat } from "../../core/format.ts";
import type { Connection } from "../../core/provider/connection.ts";
import type { OperationFormats, Provider, RelayTimes } from "../../core/provider/provider.ts";
import type { HeaderList, ProviderRequest } from "../../core/provider/transport.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { anthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../../formats/openai_embeddings/mod.ts";
import { openaiResponses } from "../../formats/openai_responses/mod.ts";
import type { Credentials } from "../account/account_keys.ts";
import { cleanMessagesError, withVersion } from "../anthropic.ts";
import { toOpenaiError } from "../error_form.ts";
import { openaiStyle } from "../openai_style.ts";
import type { ChatFormatName } from "../spoken_formats.ts";
import type { ApiAddress } from "./address.ts";
import { applyRules, droppedWarnings, type FieldRules } from "./field_rules.ts";
import { applyQuirks, type Quirk, quirkWarnings } from "./quirks.ts";

export interface CompatibleSpec {
  readonly name: string;
  readonly address: ApiAddress;
  /** What Messages lie below, with their version, where that is not the address. */
  readonly messagesAddress?: ApiAddress | undefined;
  readonly credentials: Credentials;
  readonly reason: string;
  /** See `Provider.keySetting`. */
  readonly keySetting: string | undefined;
  /** Of its chats, the one for translations first. */
  readonly formats: readonly ChatFormatName[];
  /** Which of the operations beside chats it has; both by default. */
  readonly others?: readonly ("completions" | "embeddings")[] | undefined;
  readonly headers?: HeaderList | undefined;
  /** Where its list of models lies: below its address, `/models` by default, or with `//` below its host. */
  readonly list?: string | "none" | undefined;
  readonly rules?: FieldRules | undefined;
  /** The rules hold for Anthropic's format as well: they were written for whatever is spoken. */
  readonly hasRulesForMessages?: boolean | undefined;
  readonly quirks?: readonly Quirk[] | undefined;
  readonly acceptsStreamUsage?: boolean | undefined;
  readonly routingSuffixes?: readonly string[] | undefined;
  readonly maxRetries?: number | undefined;
  readonly connection?: Connection;
  readonly relayTimes?: RelayTimes;
  readonly takesClientsCredentials?: boolean;
  readonly emulatesTools?: boolean;
}

const FORMAT_BY_NAME: Readonly<Record<ChatFormatName, ProviderFormat>> = {
  chat: openaiChat,
  responses: openaiResponses,
  messages: anthropicMessages,
};

export function describeCompatible(spec: CompatibleSpec): Provider {
  const { name, address, messagesAddress = address, rules = {}, quirks = [] } = spec;
  const style = openaiStyle({
    name,
    address,
    credentials: spec.credentials,
    reason: spec.reason,
    ...(spec.keySetting !== undefined && { keySetting: spec.keySetting }),
    headers: spec.headers ?? [],
  });
  const messagesUrl = messagesAddress.urlOf("/messages");
  const countUrl = messagesAddress.urlOf("/messages/count_tokens");
  const hasRules = (format: ProviderFormat): boolean =>
    spec.hasRulesForMessages === true || format.name !== anthropicMessages.name;
  const complete = (request: ProviderRequest): ProviderRequest =>
    spec.connection === undefined ? request : { ...request, connection: spec.connection };
  return {
    ...style,
    formats: formatsOf(spec),
    acceptsStreamUsage: spec.acceptsStreamUsage ?? true,
    ...(spec.routingSuffixes !== undefined && { routingSuffixes: spec.routingSuffixes }),
    ...(spec.relayTimes !== undefined && { relayTimes: spec.relayTimes }),
    ...(spec.takesClientsCredentials === true && { takesClientsCredentials: true }),
    ...(spec.emulatesTools !== undefined && { emulatesTools: spec.emulatesTools }),
    ...(spec.maxRetries !== undefined && { maxRetries: spec.maxRetries }),
    adapt: (operation, body, format) => {
      const ruled = hasRules(format) ? applyRules(body, rules, operation === "chat") : body;
      return format.name === openaiChat.name ? applyQuirks(ruled, quirks) : ruled;
    },
    leftOut: (body, format) => hasRules(format) ? leftOut(body, format, spec) : [],
    prepare: (call) => {
      const request = style.prepare(call);
      if (call.format.name !== anthropicMessages.name) return complete(request);
      const url = call.operation === "count_tokens" ? countUrl : messagesUrl;
      const { query = "" } = call;
      return complete({
        ...request,
        url: query === "" ? url : withQuery(url, query),
        headers: withVersion(request.headers),
      });
    },
    prepareForward: (call) => {
      const request = style.prepareForward(call);
      return request && complete(request);
    },
    prepareModels: (callId) => {
      if (spec.list === "none") return undefined;
      const request = style.prepareModels(callId);
      return complete({ ...request, url: listUrl(spec) });
    },
    cleanError: (body, status, format) =>
      format.name === anthropicMessages.name
        ? cleanMessagesError(body, status, format)
        : toOpenaiError(body, status),
  };
}

function formatsOf(
  { formats: names, others = ["completions", "embeddings"] }: CompatibleSpec,
): OperationFormats {
  const chat = names.map((name) => FORMAT_BY_NAME[name]);
  const ofResponses = chat.filter(({ name }) => name === openaiResponses.name);
  return {
    chat,
    ...(others.includes("completions") && { completions: [openaiCompletions] }),
    ...(others.includes("embeddings") && { embeddings: [openaiEmbeddings] }),
    count_tokens: chat.filter(({ name }) => name !== openaiChat.name),
    compact: ofResponses,
  };
}

function listUrl({ address, list = "/models" }: CompatibleSpec): URL {
  return list.startsWith("//") ? address.urlAtOrigin(list.slice(1)) : address.urlOf(list);
}

function leftOut(
  body: JsonObject,
  format: ProviderFormat,
  { name, rules = {}, quirks = [] }: CompatibleSpec,
): readonly string[] {
  return [
    ...droppedWarnings(body, rules, name),
    ...(format.name === openaiChat.name ? quirkWarnings(body, quirks, name) : []),
  ];
}

/** The query that the client has written, and what every request has. */
function withQuery(url: URL, query: string): URL {
  const own = new URLSearchParams(query);
  const complete = new URL(url);
  for (const [name, value] of own) complete.searchParams.set(name, value);
  return complete;
}
