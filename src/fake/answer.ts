/** Composes an answer: what will be said, before the form it takes on the wire. */

import { GatewayError } from "../core/gateway_error.ts";
import { hashText } from "./hash.ts";
import type { FakeOptions } from "./options.ts";
import type { Switches } from "./read_switches.ts";
import { MAX_TOKENS } from "./tags.ts";
import {
  HELLO_WORLD,
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

/** A request for text, read from a chat or a text completion. */
export interface AnswerRequest {
  readonly switches: Switches;
  readonly wantsStream: boolean;
  readonly includeUsage: boolean;
  readonly choices: number;
  readonly seed: number | undefined;
  readonly promptTokens: number;
  /** The request's body, for `[echo]`. */
  readonly bodyText: string;
  /** The JSON that was asked for in place of a text. */
  readonly structuredText: string | undefined;
}

export interface AnswerToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly fragments: Tokens;
}

/** What one answer says. Each choice says the same. */
export interface Answer {
  /** The part of its id that differs from answer to answer. */
  readonly digits: string;
  readonly createdSeconds: number;
  readonly choices: number;
  readonly reasoning: Tokens;
  readonly text: Tokens;
  readonly toolCalls: readonly AnswerToolCall[];
  readonly finishReason: "stop" | "length" | "tool_calls" | null;
  /** The usage object's JSON text. */
  readonly usage: string;
}

/** Throws `GatewayError` `invalid_request` when the answer would be too long. */
export function composeAnswer(request: AnswerRequest, options: FakeOptions): Answer {
  const { switches, choices, seed } = request;
  const digits = seed === undefined ? randomDigits(options) : `${hashText(String(seed))}`;
  const toolCalls = (switches.toolCalls ?? []).map(({ name, input }, index) => ({
    id: `call_${digits}${index}`,
    name,
    input,
    fragments: splitFragments(input),
  }));
  const text = textOf(request);
  const reasoning = switches.reasoning === undefined ? NO_TOKENS : splitWords(switches.reasoning);
  const tokens = text.count + reasoning.count +
    toolCalls.reduce((sum, { fragments }) => sum + fragments.count, 0);
  if (tokens * choices > MAX_TOKENS) {
    throw new GatewayError(
      "invalid_request",
      `All choices together may have ${MAX_TOKENS} tokens; ask for fewer tokens or choices`,
      { param: "n" },
    );
  }
  return {
    digits,
    createdSeconds: seed === undefined
      ? Math.floor(options.clock.epochMs() / 1000)
      : FIXED_CREATED_SECONDS,
    choices,
    reasoning,
    text,
    toolCalls,
    finishReason: finishReasonOf(switches),
    usage: usageText(request.promptTokens, tokens * choices, reasoning.count * choices),
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

function finishReasonOf(switches: Switches): Answer["finishReason"] {
  if (switches.nofinish) return null;
  if (switches.length) return "length";
  return switches.toolCalls === undefined ? "stop" : "tool_calls";
}

function usageText(promptTokens: number, completionTokens: number, reasoningTokens: number) {
  const details = reasoningTokens === 0
    ? ""
    : `,"completion_tokens_details":{"reasoning_tokens":${reasoningTokens}}`;
  return `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},` +
    `"total_tokens":${promptTokens + completionTokens}${details}}`;
}
