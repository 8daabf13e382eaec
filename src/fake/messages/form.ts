/** How an answer is written as a message, whole and as a stream. */

import { type Answer, type AnswerToolCall, type AnswerUsage, FAKE_MODEL } from "../answer.ts";
import { hashText } from "../hash.ts";
import { joinTokens, type Tokens } from "../tokens.ts";

const STOP_REASONS = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

const NOT_STOPPED = { finishReason: null, stopSequence: null } as const;

/** The data of each event of a stream, without its end. Made as it is read. */
export function* messagePayloads(answer: Answer): Generator<string> {
  const { completionTokens, reasoningTokens } = answer.usage;
  // So far one token is counted, as in the real API.
  const usage = usageText(answer.usage, Math.min(1, completionTokens), 0);
  yield `{"type":"message_start","message":{${headOf(answer)},"content":[],` +
    `${stopText(NOT_STOPPED)},"usage":${usage}}}`;
  let index = 0;
  for (const { opened, deltas } of blocksOf(answer)) {
    yield `{"type":"content_block_start","index":${index},"content_block":${opened}}`;
    for (const delta of deltas) {
      yield `{"type":"content_block_delta","index":${index},"delta":${delta}}`;
    }
    yield `{"type":"content_block_stop","index":${index}}`;
    index += 1;
  }
  if (answer.finishReason === null) return;
  yield `{"type":"message_delta","delta":{${stopText(answer)}},` +
    `"usage":${usageText(answer.usage, completionTokens, reasoningTokens)}}`;
}

/** The JSON body. */
export function messageBody(answer: Answer): string {
  const { completionTokens, reasoningTokens } = answer.usage;
  const content = wholeBlocks(answer).join(",");
  return `{${headOf(answer)},"content":[${content}],${stopText(answer)},` +
    `"usage":${usageText(answer.usage, completionTokens, reasoningTokens)}}`;
}

function headOf({ digits }: Answer): string {
  return `"id":"msg_${digits}","type":"message","role":"assistant","model":"${FAKE_MODEL}"`;
}

function stopText({ finishReason, stopSequence }: Pick<Answer, keyof typeof NOT_STOPPED>): string {
  const ownReason = finishReason === null ? null : STOP_REASONS[finishReason];
  const reason = stopSequence === null ? ownReason : "stop_sequence";
  return `"stop_reason":${JSON.stringify(reason)},` +
    `"stop_sequence":${JSON.stringify(stopSequence)},"stop_details":null`;
}

function usageText(
  { promptTokens, cacheReadTokens, cacheWriteTokens }: AnswerUsage,
  outputTokens: number,
  thinkingTokens: number,
): string {
  const details = thinkingTokens === 0
    ? ""
    : `,"output_tokens_details":{"thinking_tokens":${thinkingTokens}}`;
  return `{"input_tokens":${promptTokens},"cache_creation_input_tokens":${cacheWriteTokens},` +
    `"cache_read_input_tokens":${cacheReadTokens},"cache_creation":{` +
    `"ephemeral_5m_input_tokens":${cacheWriteTokens},"ephemeral_1h_input_tokens":0},` +
    `"output_tokens":${outputTokens}${details},"service_tier":"standard"}`;
}

/** The blocks of the content. Empty ones are left out: sent back, they would be refused. */
function wholeBlocks({ reasoning, text, toolCalls }: Answer): string[] {
  const blocks: string[] = [];
  if (reasoning.count > 0) {
    const thinking = joinTokens(reasoning);
    blocks.push(JSON.stringify({ type: "thinking", thinking, signature: signatureOf(thinking) }));
  }
  if (text.count > 0) blocks.push(JSON.stringify({ type: "text", text: joinTokens(text) }));
  for (const call of toolCalls) blocks.push(toolUse(call, call.input));
  return blocks;
}

/** The same blocks: how each opens, and what is added to it. */
function* blocksOf(
  { reasoning, text, toolCalls }: Answer,
): Generator<{ readonly opened: string; readonly deltas: Iterable<string> }> {
  if (reasoning.count > 0) {
    const opened = `{"type":"thinking","thinking":"","signature":""}`;
    yield { opened, deltas: thinkingDeltas(reasoning) };
  }
  if (text.count > 0) {
    const opened = `{"type":"text","text":""}`;
    yield { opened, deltas: deltasOf("text_delta", "text", text) };
  }
  for (const call of toolCalls) {
    const deltas = deltasOf("input_json_delta", "partial_json", call.fragments);
    yield { opened: toolUse(call, "{}"), deltas };
  }
}

function* thinkingDeltas(reasoning: Tokens): Generator<string> {
  yield* deltasOf("thinking_delta", "thinking", reasoning);
  const signature = signatureOf(joinTokens(reasoning));
  yield `{"type":"signature_delta","signature":"${signature}"}`;
}

function* deltasOf(type: string, field: string, tokens: Tokens): Generator<string> {
  for (const token of tokens) yield `{"type":"${type}","${field}":${JSON.stringify(token)}}`;
}

function toolUse({ id, name }: AnswerToolCall, input: string): string {
  return `{"type":"tool_use","id":"toolu_${id}","name":"${name}","input":${input}}`;
}

/** Nobody's, but the same for the same thoughts. */
function signatureOf(thinking: string): string {
  return btoa(`fake-signature-${hashText(thinking)}`);
}
