/** How an answer is written in Google's form, whole and as a stream. */

import { type Answer, type AnswerToolCall, FAKE_MODEL } from "../answer.ts";
import { joinTokens } from "../tokens.ts";
import { signatureOf } from "./check_request.ts";

const FINISH_REASONS = { stop: "STOP", length: "MAX_TOKENS", tool_calls: "STOP" } as const;

/** A stream without its last event, and that one. */
export function answerEvents(
  answer: Answer,
): { readonly payloads: Iterable<string>; readonly end: () => string } {
  return { payloads: payloadsOf(answer), end: () => lastPayload(answer) };
}

/** The JSON body. */
export function answerBody(answer: Answer): string {
  const parts = wholeParts(answer);
  return bodyText(answer, true, (index) => candidateText(answer, index, parts, true));
}

function* payloadsOf(answer: Answer): Generator<string> {
  for (const part of streamedParts(answer)) {
    for (let index = 0; index < answer.choices; index++) {
      const text = candidateText(answer, index, [part], false);
      yield `{"candidates":[${text}],${restText(answer, false)}}`;
    }
  }
}

/** An empty text, as the real one sends it, with what the model has to be given back. */
function lastPayload(answer: Answer): string {
  const { reasoning } = answer;
  const signature = reasoning.count === 0
    ? ""
    : `,"thoughtSignature":"${signatureOf("text", joinTokens(reasoning))}"`;
  const parts = [`{"text":""${signature}}`];
  return bodyText(answer, true, (index) => candidateText(answer, index, parts, true));
}

function bodyText(answer: Answer, isLast: boolean, write: (index: number) => string): string {
  const candidates = Array.from({ length: answer.choices }, (_, index) => write(index));
  return `{"candidates":[${candidates.join(",")}],${restText(answer, isLast)}}`;
}

function candidateText(
  { finishReason }: Answer,
  index: number,
  parts: readonly string[],
  isLast: boolean,
): string {
  const reason = isLast && finishReason !== null
    ? `,"finishReason":"${FINISH_REASONS[finishReason]}"`
    : "";
  return `{"content":{"parts":[${parts.join(",")}],"role":"model"}${reason},"index":${index}}`;
}

/** Counts come with every event; those of the output with the last. */
function restText({ usage, digits }: Answer, isLast: boolean): string {
  const { promptTokens, cacheReadTokens, cacheWriteTokens, completionTokens, reasoningTokens } =
    usage;
  const prompt = promptTokens + cacheReadTokens + cacheWriteTokens;
  const counts = {
    promptTokenCount: prompt,
    ...(isLast && { candidatesTokenCount: completionTokens - reasoningTokens }),
    totalTokenCount: prompt + (isLast ? completionTokens : 0),
    ...(cacheReadTokens > 0 && { cachedContentTokenCount: cacheReadTokens }),
    ...(isLast && reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
  };
  return `"usageMetadata":${JSON.stringify(counts)},"modelVersion":"${FAKE_MODEL}",` +
    `"responseId":"fake${digits}"`;
}

function wholeParts({ reasoning, text, toolCalls }: Answer): readonly string[] {
  return [
    ...(reasoning.count > 0
      ? [JSON.stringify({ text: joinTokens(reasoning), thought: true })]
      : []),
    ...(text.count > 0 ? [JSON.stringify({ text: joinTokens(text) })] : []),
    ...toolCalls.map(callPart),
  ];
}

function* streamedParts({ reasoning, text, toolCalls }: Answer): Generator<string> {
  for (const token of reasoning) yield `{"text":${JSON.stringify(token)},"thought":true}`;
  for (const token of text) yield `{"text":${JSON.stringify(token)}}`;
  yield* toolCalls.map(callPart);
}

/** Calls come whole, and the first one alone is signed. */
function callPart({ name, input }: AnswerToolCall, index: number): string {
  const signature = index === 0
    ? `,"thoughtSignature":"${signatureOf(name, JSON.stringify(JSON.parse(input)))}"`
    : "";
  return `{"functionCall":{"name":${JSON.stringify(name)},"args":${input}}${signature}}`;
}
