/** Guesses how many tokens a call will cost, before it is known. */

import type { Call } from "../core/call.ts";

/** A usual figure for English; other languages have fewer, so the guess is on the low side there. */
const BYTES_PER_TOKEN = 4;
/** An image, a sound or a file: what it costs does not follow from the length of its encoding. */
const TOKENS_PER_MEDIUM = 1_000;
/** Text this long has a blank in it; what has none is an encoding. */
const LONGEST_WORD_CHARACTERS = 2_048;

/** Members of requests that hold what the model reads. */
const PROMPT_MEMBERS = ["messages", "prompt", "input", "tools"] as const;

/**
 * Tokens of the prompt, and as many as the answer may have.
 *
 * @param assumedAnswerTokens For an answer that the request does not bound.
 */
export function estimateTokens(
  { operation, body }: Pick<Call, "operation" | "body">,
  assumedAnswerTokens: number,
): number {
  let promptTokens = 0;
  for (const member of PROMPT_MEMBERS) promptTokens += tokensOf(body[member]);
  if (operation === "embeddings") return Math.ceil(promptTokens);
  const bound = count(body["max_completion_tokens"]) ?? count(body["max_tokens"]);
  const choices = count(body["n"]) ?? 1;
  return Math.ceil(promptTokens) + (bound ?? assumedAnswerTokens) * choices;
}

/** The depth of a body is bounded where it is read. */
function tokensOf(value: unknown): number {
  if (typeof value === "string") return tokensOfText(value);
  // Prompts and inputs may be tokens already.
  if (typeof value === "number") return 1;
  if (typeof value !== "object" || value === null) return 0;
  let tokens = 0;
  for (const member of Object.values(value)) tokens += tokensOf(member);
  return tokens;
}

function tokensOfText(text: string): number {
  const isEncoded = text.startsWith("data:") ||
    (text.length > LONGEST_WORD_CHARACTERS &&
      !text.slice(0, LONGEST_WORD_CHARACTERS).includes(" "));
  return isEncoded ? TOKENS_PER_MEDIUM : text.length / BYTES_PER_TOKEN;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
