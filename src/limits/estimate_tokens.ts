/** Guesses how many tokens a call will cost, before it is known. */

import { Buffer } from "node:buffer";
import type { Call } from "../core/call.ts";
import type { RequestFacts } from "../core/format.ts";
import type { EstimatedTokens } from "../core/ledger/spending.ts";
import { type LongText, longTextOf } from "../core/text/long_text.ts";

/**
 * A usual figure for English; for Chinese and Japanese, whose characters have three bytes, it is what newer
 * tokenizers make of them, and for other languages somewhat low.
 */
const BYTES_PER_TOKEN = 4;
/** An image, a sound or a file: what it costs does not follow from the length of its encoding. */
const TOKENS_PER_MEDIUM = 1_000;
/** So much of a medium is looked at. */
const SAMPLE_CHARACTERS = 2_048;
/** Of longer texts something may be known that need not be looked for. */
const LONG_CHARACTERS = 131_072;
/** Characters of base64, which write three bytes. */
const BASE64_QUANTUM = 4;

/** Members within messages that hold a medium, whatever the part around it is called. */
const MEDIUM_MEMBERS: ReadonlySet<string> = new Set([
  "audio",
  "audio_url",
  "data",
  "file_data",
  "image",
  "image_url",
  "url",
  "video",
  "video_url",
]);

/** @param assumedAnswerTokens For an answer that the request does not bound. */
export function estimateTokens(
  call: Pick<Call, "formats" | "body">,
  assumedAnswerTokens: number,
): number {
  const { input, maxOutput } = estimateCall(call, assumedAnswerTokens);
  return input + maxOutput;
}

/** Tokens of the prompt, and as many as the answer may have. */
export function estimateCall(
  { formats, body }: Pick<Call, "formats" | "body">,
  assumedAnswerTokens: number,
): EstimatedTokens {
  const { prompt, choices, maxOutputTokens } = formats.request.facts(body.json);
  return {
    input: tokensOfPrompt(prompt),
    maxOutput: (maxOutputTokens ?? assumedAnswerTokens) * choices,
  };
}

/** Tokens of the prompt alone. */
export function estimatePrompt({ formats, body }: Pick<Call, "formats" | "body">): number {
  return tokensOfPrompt(formats.request.facts(body.json).prompt);
}

function tokensOfPrompt(prompt: RequestFacts["prompt"]): number {
  let tokens = 0;
  for (const member of prompt) tokens += tokensOf(member);
  return Math.ceil(tokens);
}

/** The depth of a body is bounded where it is read. */
function tokensOf(value: unknown): number {
  if (typeof value === "string") return tokensOfText(value);
  // Prompts and inputs may be tokens already.
  if (typeof value === "number") return 1;
  if (typeof value !== "object" || value === null) return 0;
  let tokens = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) tokens += tokensOfMember(value, at, value[at]);
    return tokens;
  }
  const members = value as Readonly<Record<string, unknown>>;
  // Not `Object.entries`, which makes a list for each message and each of its members.
  for (const name in members) tokens += tokensOfMember(members, name, members[name]);
  return tokens;
}

function tokensOfMember(holder: object, place: string | number, member: unknown): number {
  if (typeof member !== "string") return tokensOf(member);
  const long = member.length > LONG_CHARACTERS ? longTextOf(holder, place) : undefined;
  return typeof place === "string" && MEDIUM_MEMBERS.has(place)
    ? tokensOfMedium(member, long)
    : tokensOfText(member, long);
}

function tokensOfText(text: string, long?: LongText): number {
  return (long?.bytes ?? Buffer.byteLength(text)) / BYTES_PER_TOKEN;
}

/** Only its form makes it one: a member's name is no reason to count a text for less than it is. */
function tokensOfMedium(text: string, long?: LongText): number {
  const beginning = long?.beginning ?? text;
  const [header = "", mediaType] = /^data:([^,]{0,200}?);base64,/i.exec(beginning) ?? [];
  const isShort = header === "" && text.length < SAMPLE_CHARACTERS;
  const sample = beginning.slice(header.length, header.length + SAMPLE_CHARACTERS);
  if (isShort || !/^[\w+/=-]*$/.test(sample)) return tokensOfText(text, long);
  // A text file is read as the text it is.
  return mediaType?.startsWith("text/")
    ? text.length * (BASE64_QUANTUM - 1) / BASE64_QUANTUM / BYTES_PER_TOKEN
    : TOKENS_PER_MEDIUM;
}
