/**
 * What a provider says that speaks Bedrock's Converse.
 *
 * Its frames are bytes; here each byte is a character, which is how the failing provider sends them.
 *
 * @module
 */

import { encodeAwsMessage } from "../../../src/framing/aws_event_stream.ts";
import {
  ANSWER,
  type FinishReason,
  jsonPieces,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
  withNoNumbers,
} from "./pieces.ts";

/** By the code of OpenAI's for the same: what AWS calls it, and says. */
const ERRORS: Readonly<Record<string, { readonly exception: string; readonly message: string }>> = {
  context_length_exceeded: {
    exception: "validationException",
    message: "Input is too long for requested model.",
  },
  invalid_api_key: {
    exception: "accessDeniedException",
    message: "The security token included in the request is invalid.",
  },
  model_not_found: { exception: "resourceNotFoundException", message: "Could not resolve model" },
  permission_denied: { exception: "accessDeniedException", message: "It may not" },
  rate_limit_exceeded: { exception: "throttlingException", message: "Too many requests" },
  server_is_overloaded: { exception: "serviceUnavailableException", message: "Overloaded" },
};
const BROKEN = { exception: "internalServerException", message: "It failed" };
const NO_NUMBERS = { p: "nan", logprob: "inf" };
/** What the Messages' words are here. */
const USAGE = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

function frame(headers: Readonly<Record<string, string>>, payload: string): string {
  const named = { ...headers, ":content-type": "application/json" };
  const bytes = encodeAwsMessage(named, new TextEncoder().encode(payload));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `${bytes.length.toString(16)}\r\n${text}\r\n`;
}

function event(type: string, payload: string): string {
  return frame({ ":event-type": type, ":message-type": "event" }, payload);
}

function named(type: string, payload: object): string {
  return event(type, withNoNumbers(JSON.stringify(payload)));
}

function block(contentBlockIndex: number, texts: readonly string[], more: object = {}): string {
  const deltas = texts.map((text) =>
    named("contentBlockDelta", { contentBlockIndex, delta: { text }, ...more })
  );
  return deltas.join("") + named("contentBlockStop", { contentBlockIndex });
}

function finishing(stopReason: FinishReason): string {
  return named("messageStop", { stopReason });
}

function whole(members: object = {}): string {
  return withNoNumbers(JSON.stringify({
    output: { message: { role: "assistant", content: [{ text: ANSWER }] } },
    stopReason: "end_turn",
    usage: USAGE,
    ...members,
  }));
}

const CONTENT = block(0, ["hello", " world"]);
const METADATA = named("metadata", { usage: USAGE, metrics: { latencyMs: 1 } });

export const CONVERSE_WORDS: ProviderWords = {
  stream: {
    head: SSE_HEAD,
    opening: named("messageStart", { role: "assistant" }),
    content: CONTENT,
    ending: finishing("end_turn") + METADATA + LAST_CHUNK,
  },
  json: jsonPieces(whole()),
  whole: whole(),
  wholeFinishing: (reason) => whole({ stopReason: reason }),
  wholeOfNothing: whole({ output: { message: { role: "assistant", content: [] } } }),
  hello: block(0, ["hello"]),
  world: block(1, [" world"]),
  contentFinishing: (reason) => CONTENT + finishing(reason),
  finish: finishing("end_turn"),
  endMark: METADATA,
  malformedEvent: event("contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":'),
  longEvent: (characters) => named("unknown", { x: "x".repeat(characters) }),
  noNumbers: {
    stream: block(0, ["hello", " world"], NO_NUMBERS),
    whole: whole(NO_NUMBERS),
  },
  errorBody: (code) => JSON.stringify({ message: (ERRORS[code] ?? BROKEN).message }),
  errorEvent: (body) => {
    const known = Object.values(ERRORS).find(({ message }) => body.includes(message)) ?? BROKEN;
    return frame({ ":exception-type": known.exception, ":message-type": "exception" }, body);
  },
  plainEvent: (body) => event("unknown", body),
};
