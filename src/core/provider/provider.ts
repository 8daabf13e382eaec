/** One provider: its address, credentials and quirks, as data. It describes requests and sends none. */

import type { ChatRequest, FormatName } from "../chat/chat.ts";
import type { ProviderFormat } from "../format.ts";
import type { Session } from "../chat/session.ts";
import type { JsonObject, JsonValue } from "../text/json.ts";
import type { ModelFacts } from "./model_facts.ts";
import type { ProviderKey } from "./provider_key.ts";
import type { HeaderList, HeaderReader, ProviderRequest } from "./transport.ts";

/** What a call asks for; each is one endpoint of an API, but for what is handed through as it came. */
export type Operation =
  | "chat"
  | "completions"
  | "embeddings"
  | "count_tokens"
  | "compact"
  | "hand_through";

/** What a provider speaks, by what is asked of it; what is absent it does not do. */
export type OperationFormats = Readonly<Partial<Record<Operation, readonly ProviderFormat[]>>>;

/** One entry of a model list, in OpenAI's form. */
export interface Model {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

/** Prices in US dollars for one token or unit, as decimal texts; `null` where they are not known. */
export interface ModelPricing {
  readonly prompt: string | null;
  readonly completion: string | null;
  /** Further prices under the list's own names, and when they differ. */
  readonly [name: string]: JsonValue;
}

/** A model with what its upstream's list tells of it; `null` is what the list does not tell. */
export interface ListedModel extends Model {
  readonly name: string;
  readonly description: string | null;
  readonly facts: ModelFacts;
  readonly pricing: ModelPricing;
  readonly supported_parameters: readonly string[] | null;
  readonly is_moderated: boolean | null;
  /** Further fields under the list's own names. */
  readonly more: JsonObject;
}

/** A model as a caller sees it; an alias has a name and facts alone. */
export interface VisibleModel
  extends Model, Partial<Pick<ListedModel, "name" | "description" | "supported_parameters">> {
  readonly facts: ModelFacts;
}

/** What is to be asked of an upstream. */
export interface OutgoingCall {
  readonly id: string;
  readonly operation: Operation;
  /** The upstream's name for the model, which may belong into the address. */
  readonly model: string;
  readonly wantsStream: boolean;
  /** The one of the upstream's formats that the body is in. */
  readonly format: ProviderFormat;
  /** The client's headers that may cross. */
  readonly headers: HeaderList;
  /** Of the client's address, with its question mark, where it is in the format's own words. */
  readonly query?: string | undefined;
  /** JSON text. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A request that is handed through as it came, but for its address and headers. */
export interface ForwardedCall {
  readonly id: string;
  readonly method: string;
  /** Path below the API's base, beginning with a slash, and the query; checked and encoded. */
  readonly pathAndQuery: string;
  /** The client's headers that may cross. */
  readonly headers: HeaderList;
}

/** Times within an answer. */
export interface RelayTimes {
  readonly firstContentTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
}

export interface Provider {
  readonly name: string;
  /**
   * The client's own format is used where it is among them, and its bytes pass; else a chat is translated
   * into the first.
   */
  readonly formats: OperationFormats;
  /** Those of its formats that have no words for what a request asks of it; they are not chosen for it. */
  unfitFormats?(body: JsonObject): readonly FormatName[];
  /** What it speaks with one model, by its own name for it, where that is not all of `formats`. */
  formatsOf?(model: string): OperationFormats;
  /** Address for people: no credentials, no query. */
  readonly target: string;
  /** Why it is on, for the start banner: the variable that named it. */
  readonly reason: string;
  /**
   * The setting that its key comes from, or its address where it takes none: what is to be mended when it
   * lets nobody in. Absent where a refusal is meant for the client, as those of the fake LLM are.
   */
  readonly keySetting?: string;
  /**
   * Its keys, where the requests it describes do not carry one yet: whoever sends them chooses one of these
   * and has it put on.
   */
  readonly keys?: readonly ProviderKey[];
  /** Whether its credentials cost money when somebody else uses them. */
  readonly isMetered: boolean;
  /** Whether a stream may be asked for its usage (`stream_options.include_usage`, T30). */
  readonly acceptsStreamUsage: boolean;
  /** Every stream of it tells its usage, asked or not: its clients count on that. */
  readonly tellsUsage?: boolean;
  /** Its models call no tools: calls are made of what they write. */
  readonly emulatesTools?: boolean;
  /** System prompt of translated requests that bring none. */
  readonly systemPrompt?: string;
  /** Every model it serves is in its list, so that any other is known not to be served. */
  readonly hasClosedList?: boolean;
  /**
   * Whether its list has a model under a longer name, which it also takes without its end: `ids` has not the
   * name itself.
   */
  listsAs?(model: string, ids: ReadonlySet<string>): boolean;
  /** Headers of its answers, beside the common ones, that clients of the format it was asked in may see. */
  readonly answerHeaders?: RegExp;
  /** Its list tells what models are and cost: the catalog is then of such lists alone. */
  readonly describesModels?: boolean;
  /** What it answers itself below the path of its models, such as `/count`, for clients that know it. */
  readonly modelPaths?: RegExp;
  /**
   * Ends of model names, such as `:nitro`, that choose how a model is served; its list has the names
   * without them.
   */
  readonly routingSuffixes?: readonly string[];
  /** Callers' own credentials are sent to it, and to nobody else. */
  readonly takesClientsCredentials?: boolean;
  /** How long its answers may take, where that differs from the settings. */
  readonly relayTimes?: RelayTimes;
  /** Tries beyond the first, where it differs from the setting. */
  readonly maxRetries?: number;
  /**
   * Fits a body of one of its formats to what it accepts: fields it refuses, defaults it needs. What it
   * leaves as it is must be the same value, so that the client's bytes of it can be forwarded.
   *
   * Throws `GatewayError` `invalid_request` for what it cannot do.
   *
   * @param headers The client's own in the words of the format, for what the provider wants in the body.
   */
  adapt(
    operation: Operation,
    body: JsonObject,
    format: ProviderFormat,
    headers?: HeaderList,
  ): JsonObject;
  /** What `adapt` leaves out of such a body, a sentence each, for the answer's warning header. */
  leftOut?(body: JsonObject, format: ProviderFormat, headers: HeaderList): readonly string[];
  /**
   * What of a translated request it leaves out beyond what the format has no word for, a sentence each, for
   * the answer's warning header.
   *
   * Throws `GatewayError` `invalid_request` for what it is set to refuse instead.
   */
  warnings(request: ChatRequest, format: ProviderFormat): readonly string[];
  prepare(call: OutgoingCall): ProviderRequest;
  /** A request that is handed through; `undefined` where this upstream has no such API. */
  prepareForward(call: ForwardedCall): ProviderRequest | undefined;
  /**
   * `undefined` where it has no list.
   *
   * @param after Where a list in pages goes on, as `nextModels` says.
   */
  prepareModels(callId: string, after?: string): ProviderRequest | undefined;
  /** Reads its model list. Throws `GatewayError` `upstream_invalid_response`. */
  decodeModels(body: JsonValue): readonly ListedModel[];
  /** Where its list goes on after this page; `undefined` on the last. Absent where there are no pages. */
  nextModels?(body: JsonValue): string | undefined;
  /**
   * An error body as clients of the format may see it: in the format's own form, and without data of the
   * account. Returns the same object where nothing changes.
   */
  cleanError(body: JsonObject, status: number, format: ProviderFormat): JsonObject;
  /** What its error body says of whether to try again, where it says so. */
  shouldRetry?(error: JsonObject): boolean | undefined;
  /**
   * How long its own headers or error ask to wait before another try, beyond `Retry-After`.
   *
   * @param error Its error body, where it is a JSON object.
   */
  retryAfterMs(
    headers: HeaderReader,
    error: JsonObject | undefined,
    epochMs: number,
  ): number | undefined;
}

/** Where a model is served, and under which name. */
export interface Target {
  readonly provider: Provider;
  readonly model: string;
  /** Name of the key that it is asked with, where its provider has several. */
  readonly key?: string;
  /** The conversation that is kept on one of its provider's keys; absent where keys take turns. */
  readonly session?: Session;
  /** Calls of tools are made of what the model writes, whatever its upstream does by itself. */
  readonly emulatesTools?: boolean;
  /** What smaller bounds of the output are raised to. */
  readonly minOutputTokens?: number;
  /** What whoever asked should know of the choice, a sentence each. */
  readonly warnings?: readonly string[];
  /** Told that it has answered because those before it did not. */
  readonly stoodIn?: () => void;
}

/** Looks up one target. Throws `GatewayError` `not_found`. */
export type ResolveTarget = () => Promise<Target> | Target;

/** Where a call may go, in the order in which it is tried; never empty. */
export type Route = readonly ResolveTarget[];
