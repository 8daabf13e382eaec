/**
 * Runs features through pairs of formats, as a call would.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ChatEvent, ChatRequest } from "../../../src/core/chat/chat.ts";
import type { EncodeOptions } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { CallReader } from "../../../src/gateway/emulated_tools/call_reader.ts";
import { DeclaredTools } from "../../../src/gateway/emulated_tools/declared_tools.ts";
import type { EmulatedTools } from "../../../src/gateway/emulated_tools/emulated_tools.ts";
import { emulateRequest } from "../../../src/gateway/emulated_tools/emulate_request.ts";
import { faultToError } from "../../../src/gateway/relay/provider_answer.ts";
import { ReadDecoder } from "../../../src/gateway/relay/read_decoder.ts";
import { checkResponsesStream } from "../openai_responses/stream_checker.ts";
import type { ClientName, Feature } from "./feature.ts";
import { CLIENTS, type ProviderName, PROVIDERS } from "./formats.ts";
import { OLDER } from "./models.ts";
import { judge, type Outcome } from "./outcome.ts";
import type { Pair } from "./pairs.ts";

/** How an answer comes. */
export type Mode = "whole" | "streamed";

const ENCODE_OPTIONS: EncodeOptions = {
  id: "id",
  model: "asked-for",
  createdSeconds: 1_700_000_000,
  includeUsage: true,
  request: {
    reasoning: { summary: "auto" },
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  },
};

/** The tools that calls are read of, where a provider has no word for them. */
const EMULATED: EmulatedTools = {
  declared: new DeclaredTools([{ kind: "function", name: "get" }]),
  choice: "auto",
  isParallel: true,
  failed: undefined,
  noteFailure: () => {},
};

/** The request of a feature as its client sends it; `undefined` where it has no words for it. */
export function requestOf(
  { words, model = OLDER }: Feature,
  client: ClientName,
): JsonObject | undefined {
  const own = words[client];
  // Gemini's clients name it in the address.
  const named = client === "gemini" ? {} : { model };
  return own && { ...named, ...CLIENTS[client].request, ...own };
}

/** Reads a request; `undefined` for one that its own format refuses. */
export function tryDecodeRequest(client: ClientName, body: JsonObject): ChatRequest | undefined {
  try {
    return CLIENTS[client].formats.request.decode(body);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** From the client's format to the provider's; `undefined` where the client has no words for it. */
export function runRequest(feature: Feature, { client, provider }: Pair): Outcome | undefined {
  const request = requestOf(feature, client);
  if (request === undefined) return undefined;
  return orRefused(() => {
    const { format, name, model = feature.model ?? OLDER, emulatesTools } = PROVIDERS[provider];
    const decoded = { ...CLIENTS[client].formats.request.decode(request), model };
    const emulated = emulatesTools ? emulateRequest(decoded, undefined, () => {}) : undefined;
    const { body, warnings } = format.encodeRequest(emulated?.request ?? decoded);
    return judge(feature, name, body, [...emulated?.warnings ?? [], ...warnings]);
  });
}

/** The events of an answer as its provider sends it; `undefined` where it has no words for it. */
export function answerOf(
  { words, isStreamedOnly }: Feature,
  provider: ProviderName,
  mode: Mode,
): readonly ChatEvent[] | undefined {
  const { name, answer, format, toStream, emulatesTools } = PROVIDERS[provider];
  const own = words[name];
  if (own === undefined || isStreamedOnly === true && mode === "whole") return undefined;
  const body = isError(own) ? own : { ...answer, ...own };
  if (mode === "whole" && !format.alwaysStreams) return format.decodeWhole(body);
  const plain = format.streamDecoder({ choices: 1, maxEventBytes: 1 << 20 });
  const decoder = emulatesTools
    ? new ReadDecoder(plain, new CallReader(EMULATED, () => false))
    : plain;
  return [...decoder.push(toStream(body)), ...decoder.flush()];
}

/** An error in the place of an answer is nothing else. */
function isError(words: JsonObject): boolean {
  const hasAny = (...names: readonly string[]): boolean =>
    names.some((name) => Object.hasOwn(words, name));
  if (hasAny("__type")) return !hasAny("output");
  return hasAny("error") && !hasAny("choices", "content", "output", "message");
}

/**
 * From the provider's format to the client's, by how it came and how it is to be read: a provider may
 * stream, or not, whatever it was asked for. `undefined` where the provider has no words for it.
 */
export function runAnswer(
  feature: Feature,
  { client, provider }: Pair,
  { came, read }: { readonly came: Mode; readonly read: Mode },
): Outcome | undefined {
  if (feature.words[PROVIDERS[provider].name] === undefined) return undefined;
  if (feature.isStreamedOnly && came === "whole") return undefined;
  return orRefused(() => {
    const events = answerOf(feature, provider, came) ?? [];
    return judge(feature, client, writeAnswer(client, events, read), []);
  });
}

function writeAnswer(
  client: ClientName,
  events: readonly ChatEvent[],
  mode: Mode,
): JsonObject {
  const { formats: { answer, error }, fromStream } = CLIENTS[client];
  const fault = events.find((event) => event.type === "fault");
  const failure = fault && faultToError(fault.fault, (text) => text);
  const hasContent = events.some(({ type }) => type === "block_start");
  if (failure !== undefined && (mode === "whole" || !hasContent)) {
    const status = error.statusOf?.(failure) ?? failure.status;
    return { ...error.encode(failure, "id"), status };
  }
  if (mode === "whole") return answer.encodeWhole(events, ENCODE_OPTIONS);
  const encoder = answer.streamEncoder(ENCODE_OPTIONS);
  const written = encoder.encode(events);
  const end = encoder.close(
    failure === undefined ? { kind: "complete" } : { kind: "failed", error: failure },
  );
  const stream = new Uint8Array([...written, ...end]);
  if (client === "openai_responses") assertFaultless(stream);
  return fromStream(stream);
}

/** What the arguments of a call are is the model's to say. */
function assertFaultless(stream: Uint8Array): void {
  const problems = checkResponsesStream(stream);
  assertEquals(problems.filter((problem) => !problem.includes("its arguments are no object")), []);
}

/** An error that is none of the gateway's is a mistake of ours, and fails the test. */
function orRefused(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { kind: "refused", status: error.status, message: error.message };
  }
}
