/** How the stream of an answer becomes the client's: observed or transcoded. */

import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { ChatEvent } from "../../core/chat/chat.ts";
import type {
  EncodeOptions,
  ProviderFormat,
  StreamDecoder,
  StreamTranslation,
} from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Prices } from "../../core/ledger/spending.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { Redactor } from "../../core/text/redactor.ts";
import type { ProviderResponse } from "../../core/provider/transport.ts";
import type { RelayOptions } from "../options.ts";
import { CallReader } from "../emulated_tools/call_reader.ts";
import type { Attempt } from "../tries/attempt.ts";
import type { ForwardedBody } from "../tries/sending/forward_body.ts";
import { DistinctCalls } from "./distinct_calls.ts";
import { type EventReader, ReadDecoder, readToEnd } from "./read_decoder.ts";
import { createTranscoder } from "./transcode.ts";

/** One try whose answer has begun. */
export interface Sent {
  readonly call: Call;
  readonly target: Target;
  /** What the upstream was asked in. */
  readonly format: ProviderFormat;
  readonly attempt: Attempt;
  readonly forwarded: ForwardedBody;
  readonly response: ProviderResponse;
  readonly sentMs: number;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly options: RelayOptions;
  /** `undefined` counts no money. */
  readonly prices: Prices | undefined;
}

/** Bytes pass as they are where both sides speak the same and nothing is to be repaired or read from the text. */
export function canObserve({ call, format, forwarded, options }: Sent): boolean {
  return call.formats.answer.name === format.name && forwarded.emulated === undefined &&
    call.guardAnswer === undefined &&
    (options.repair === "off" || call.operation !== "chat");
}

/** Observes where client and upstream speak the same, else transcodes. */
export function createTranslation(sent: Sent): StreamTranslation {
  const { call: { formats: { answer } }, target: { provider }, forwarded, options } = sent;
  const { choices, includeUsage } = forwarded.facts;
  const streamOptions = { choices, maxEventBytes: options.maxEventBytes };
  const encode = encodeOptions(sent, showsUsage(sent));
  if (canObserve(sent)) {
    const dropNullUsage = forwarded.hasUsageInjected && includeUsage === undefined;
    return answer.streamObserver({
      ...streamOptions,
      dropNullUsage,
      dropUsageEvent: dropNullUsage && provider.tellsUsage !== true,
      redact: sent.redactor.forClient,
      encode,
    });
  }
  return createTranscoder(streamDecoder(sent), answer.streamEncoder(encode), choices);
}

/** Reads the stream of an answer. */
export function streamDecoder(sent: Sent): StreamDecoder {
  const { format, forwarded: { facts: { choices } }, options } = sent;
  const decoder = format.streamDecoder({ choices, maxEventBytes: options.maxEventBytes });
  return readersOf(sent).reduce((read, reader) => new ReadDecoder(read, reader), decoder);
}

/** The events of a whole answer. */
export function readWhole(sent: Sent, json: JsonObject): readonly ChatEvent[] {
  const events = sent.format.decodeWhole(json);
  return readersOf(sent).reduce((read, reader) => readToEnd(reader, read), events);
}

/** A count in the client's words; `undefined` where the provider has told it in these. */
export function countIn(
  { call: { formats: { answer } }, format }: Sent,
  json: JsonObject,
): JsonObject | undefined {
  if (answer.name === format.name) return undefined;
  const tokens = format.decodeCount?.(json);
  const told = tokens === undefined ? undefined : answer.encodeCount?.(tokens);
  if (told !== undefined) return told;
  throw new GatewayError(
    "upstream_invalid_response",
    "The provider's answer has no count of tokens in it",
  );
}

export function translateVectors(sent: Sent, json: JsonObject): JsonObject {
  const { call: { formats: { answer }, body }, format } = sent;
  const decoded = format.decodeVectors?.(json);
  const encoded = decoded && answer.encodeVectors?.(decoded, body.json, encodeOptions(sent, true));
  if (encoded === undefined) throw new Error(`No embeddings from ${format.name} to ${answer.name}`);
  return encoded;
}

/** In their order: a guard sees the calls that the text of an answer holds where tools are emulated. */
function readersOf(sent: Sent): readonly EventReader[] {
  return [new DistinctCalls(), callReader(sent), sent.call.guardAnswer?.()]
    .filter((reader) => reader !== undefined);
}

/** Of several answers to one request none is asked for again alone. */
function callReader({ forwarded: { emulated, facts }, attempt }: Sent): CallReader | undefined {
  if (emulated === undefined || emulated.choice === "none") return undefined;
  return new CallReader(emulated, () => facts.choices === 1 && !attempt.hasBegun);
}

/** Whether a stream that is written anew tells its usage. */
export function showsUsage({ forwarded: { facts }, target: { provider } }: Sent): boolean {
  return facts.includeUsage ?? provider.tellsUsage === true;
}

export function encodeOptions(
  { call, target: { provider, model }, clock }: Sent,
  includeUsage: boolean,
): EncodeOptions {
  return {
    id: call.id,
    model: call.model,
    createdSeconds: Math.floor(clock.epochMs() / 1000),
    elapsedMs: () => clock.nowMs() - call.arrivedMs,
    includeUsage,
    ...(call.formats.answer.echoesRequest === true && { request: call.body.json }),
    servedBy: { provider: provider.name, model },
    ...(call.kept !== undefined && { kept: call.kept }),
  };
}
