/** Composes an answer: what will be said, before the form it takes on the wire. */

import { GatewayError } from "../core/gateway_error.ts";
import { hashText } from "./hash.ts";
import type { FakeOptions } from "./options.ts";
import type { Switches } from "./read_switches.ts";
import { MAX_TOKENS } from "./tags.ts";
import {
  firstTokens,
  HELLO_WORLD,
  joinTokens,
  NO_TOKENS,
  repeatHelloWorld,
  splitFragments,
  splitWords,
  type Tokens,
} from "./tokens.ts";

/** The model of every answer, whichever was asked for: the seed server's contract. */
export const FAKE_MODEL = "fake-model";

/** Of every whole answer: there is one configuration. */
export const SYSTEM_FINGERPRINT = "fp_fake";

/** Time of answers that must be repeatable, and of the models: 3 November 2023. */
export const FIXED_CREATED_SECONDS = 1_699_000_000;

/** A request for text, of whichever API. */
export interface AnswerRequest {
  readonly switches: Switches;
  readonly choices: number;
  readonly seed: number | undefined;
  readonly promptTokens: number;
  /** The request's body, for `[echo]`. */
  readonly bodyText: string;
  /** The JSON that was asked for in place of a text. */
  readonly structuredText: string | undefined;
  /** Tokens after which each choice is broken off. */
  readonly maxTokens: number | undefined;
  /** The text ends before the first of them that it has. */
  readonly stopSequences: readonly string[];
}

export interface AnswerToolCall {
  /** The part of its id that differs from call to call. */
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly fragments: Tokens;
}

export interface AnswerUsage {
  /** Without what a cache gave and took. */
  readonly promptTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly completionTokens: number;
  /** Those of the completion's that are reasoning. */
  readonly reasoningTokens: number;
}

interface Words {
  readonly reasoning: Tokens;
  readonly text: Tokens;
  readonly toolCalls: readonly AnswerToolCall[];
}

/** What one answer says. Each choice says the same. */
export interface Answer extends Words {
  /** The part of its id that differs from answer to answer. */
  readonly digits: string;
  readonly createdSeconds: number;
  readonly choices: number;
  readonly finishReason: "stop" | "length" | "tool_calls" | null;
  /** The sequence that has ended the text; only beside "stop". */
  readonly stopSequence: string | null;
  readonly usage: AnswerUsage;
}

/** Throws `GatewayError` `invalid_request` when the answer would be too long. */
export function composeAnswer(request: AnswerRequest, options: FakeOptions): Answer {
  const { switches, choices, seed, maxTokens = Infinity } = request;
  const digits = seed === undefined ? randomDigits(options) : `${hashText(String(seed))}`;
  const { text, stopSequence } = stopText(textOf(request), request.stopSequences);
  const all: Words = {
    reasoning: switches.reasoning === undefined ? NO_TOKENS : splitWords(switches.reasoning),
    text,
    toolCalls: (switches.toolCalls ?? []).map(({ name, input }, index) => ({
      id: `${digits}${index}`,
      name,
      input,
      fragments: splitFragments(input),
    })),
  };
  const said = breakOff(all, maxTokens);
  const tokens = countOf(said);
  if (tokens * choices > MAX_TOKENS) {
    throw new GatewayError(
      "invalid_request",
      `All choices together may have ${MAX_TOKENS} tokens; ask for fewer tokens or choices`,
      { param: "n" },
    );
  }
  const finishReason = finishReasonOf(switches, tokens < countOf(all));
  return {
    ...said,
    digits,
    createdSeconds: seed === undefined
      ? Math.floor(options.clock.epochMs() / 1000)
      : FIXED_CREATED_SECONDS,
    choices,
    finishReason,
    stopSequence: finishReason === "stop" ? stopSequence : null,
    usage: {
      promptTokens: request.promptTokens,
      cacheReadTokens: switches["cache-read"] ?? 0,
      cacheWriteTokens: switches["cache-write"] ?? 0,
      completionTokens: tokens * choices,
      reasoningTokens: said.reasoning.count * choices,
    },
  };
}

/** Fifteen random digits, the first never 0. */
export function randomDigits({ random }: FakeOptions): string {
  return String(Math.floor((1 + 9 * random()) * 1e14));
}

function textOf({ switches, bodyText, structuredText }: AnswerRequest): Tokens {
  if (switches.echo) return splitWords(bodyText);
  if (switches.tokens !== undefined) return repeatHelloWorld(switches.tokens);
  if (switches.toolCalls !== undefined) return NO_TOKENS;
  return structuredText === undefined ? HELLO_WORLD : splitFragments(structuredText);
}

/** The text up to the first of the sequences, and which that is. */
function stopText(
  text: Tokens,
  sequences: readonly string[],
): { readonly text: Tokens; readonly stopSequence: string | null } {
  if (sequences.length === 0) return { text, stopSequence: null };
  const whole = joinTokens(text);
  let end = whole.length;
  let stopSequence: string | null = null;
  for (const sequence of sequences) {
    const found = whole.indexOf(sequence);
    if (found === -1 || found >= end) continue;
    end = found;
    stopSequence = sequence;
  }
  return stopSequence === null
    ? { text, stopSequence }
    : { text: splitWords(whole.slice(0, end)), stopSequence };
}

/** The first tokens of an answer, in the order in which it is said. */
function breakOff(words: Words, maxTokens: number): Words {
  if (countOf(words) <= maxTokens) return words;
  let left = maxTokens;
  const take = (tokens: Tokens) => {
    const taken = firstTokens(tokens, left);
    left -= taken.count;
    return taken;
  };
  const reasoning = take(words.reasoning);
  const text = take(words.text);
  const toolCalls: AnswerToolCall[] = [];
  for (const call of words.toolCalls) {
    if (left === 0) break;
    const fragments = take(call.fragments);
    const isWhole = fragments === call.fragments;
    // Half of an object is none: only a stream can show it.
    toolCalls.push({ ...call, fragments, input: isWhole ? call.input : "{}" });
  }
  return { reasoning, text, toolCalls };
}

function countOf({ reasoning, text, toolCalls }: Words): number {
  return text.count + reasoning.count +
    toolCalls.reduce((sum, { fragments }) => sum + fragments.count, 0);
}

function finishReasonOf(switches: Switches, isBrokenOff: boolean): Answer["finishReason"] {
  if (switches.nofinish) return null;
  if (switches.length || isBrokenOff) return "length";
  return switches.toolCalls === undefined ? "stop" : "tool_calls";
}
