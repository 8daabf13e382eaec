/**
 * How an answer is written: as a chat completion or as a legacy text completion.
 *
 * JSON text is put together from pieces, only what is said being escaped: this server is also
 * what benchmarks run against.
 *
 * @module
 */

import { type Answer, type AnswerUsage, FAKE_MODEL, SYSTEM_FINGERPRINT } from "../answer.ts";
import { joinTokens } from "../tokens.ts";

/** One of the two APIs that answer with text. */
export interface AnswerForm {
  /** The data of each event of a stream, without `[DONE]`. Made as it is read. */
  payloads(answer: Answer, includeUsage: boolean): Iterable<string>;
  /** The JSON body. */
  body(answer: Answer): string;
}

/** `chat.completion` and `chat.completion.chunk`. */
export const CHAT_FORM: AnswerForm = {
  *payloads(answer, includeUsage) {
    const head = headOf("chatcmpl", "chat.completion.chunk", answer);
    const tail = includeUsage ? `],"usage":null}` : "]}";
    for (const delta of deltasOf(answer)) {
      const said = `"delta":${delta},"logprobs":null,"finish_reason":null}${tail}`;
      for (let choice = 0; choice < answer.choices; choice++) {
        yield `${head}{"index":${choice},${said}`;
      }
    }
    if (answer.finishReason !== null) {
      const end = `"delta":{},"logprobs":null,"finish_reason":"${answer.finishReason}"}${tail}`;
      for (let choice = 0; choice < answer.choices; choice++) {
        yield `${head}{"index":${choice},${end}`;
      }
    }
    if (includeUsage) yield `${head}],"usage":${usageText(answer.usage)}}`;
  },

  body(answer) {
    const end = `"message":${messageOf(answer)},"logprobs":null,` +
      `"finish_reason":${JSON.stringify(answer.finishReason)}}`;
    return headOf("chatcmpl", "chat.completion", answer) + choicesOf(answer, end) +
      endOf(answer);
  },
};

/** `text_completion`, whose chunks bear the same name. Tool calls and reasoning have no place. */
export const COMPLETION_FORM: AnswerForm = {
  *payloads(answer, includeUsage) {
    const head = headOf("cmpl", "text_completion", answer);
    const tail = includeUsage ? `],"usage":null}` : "]}";
    for (const token of answer.text) {
      const text = JSON.stringify(token);
      const said = `"text":${text},"logprobs":null,"finish_reason":null}${tail}`;
      for (let choice = 0; choice < answer.choices; choice++) {
        yield `${head}{"index":${choice},${said}`;
      }
    }
    if (answer.finishReason !== null) {
      const end = `"text":"","logprobs":null,"finish_reason":"${answer.finishReason}"}${tail}`;
      for (let choice = 0; choice < answer.choices; choice++) {
        yield `${head}{"index":${choice},${end}`;
      }
    }
    if (includeUsage) yield `${head}],"usage":${usageText(answer.usage)}}`;
  },

  body(answer) {
    const end = `"text":${JSON.stringify(joinTokens(answer.text))},"logprobs":null,` +
      `"finish_reason":${JSON.stringify(answer.finishReason)}}`;
    return headOf("cmpl", "text_completion", answer) + choicesOf(answer, end) +
      endOf(answer);
  },
};

function headOf(prefix: string, object: string, { digits, createdSeconds }: Answer): string {
  return `{"id":"${prefix}-${digits}","object":"${object}","created":${createdSeconds},` +
    `"model":"${FAKE_MODEL}","choices":[`;
}

function choicesOf({ choices }: Answer, end: string): string {
  return Array.from({ length: choices }, (_, choice) => `{"index":${choice},${end}`).join(",");
}

function endOf({ usage }: Answer): string {
  return `],"usage":${usageText(usage)},"system_fingerprint":"${SYSTEM_FINGERPRINT}"}`;
}

/** The deltas of one choice: its role first and once, then reasoning, text and tool calls. */
function* deltasOf({ reasoning, text, toolCalls }: Answer): Generator<string> {
  const content = toolCalls.length > 0 && text.count === 0 ? "null" : `""`;
  yield `{"role":"assistant","content":${content},"refusal":null}`;
  for (const token of reasoning) yield `{"reasoning_content":${JSON.stringify(token)}}`;
  for (const token of text) yield `{"content":${JSON.stringify(token)}}`;
  for (const [index, { id, name, fragments }] of toolCalls.entries()) {
    yield `{"tool_calls":[{"index":${index},"id":"call_${id}","type":"function",` +
      `"function":{"name":"${name}","arguments":""}}]}`;
    for (const fragment of fragments) {
      const input = JSON.stringify(fragment);
      yield `{"tool_calls":[{"index":${index},"function":{"arguments":${input}}}]}`;
    }
  }
}

function messageOf({ reasoning, text, toolCalls }: Answer): string {
  return JSON.stringify({
    role: "assistant",
    content: toolCalls.length > 0 && text.count === 0 ? null : joinTokens(text),
    refusal: null,
    ...(reasoning.count > 0 ? { reasoning_content: joinTokens(reasoning) } : {}),
    ...(toolCalls.length > 0
      ? {
        tool_calls: toolCalls.map(({ id, name, input }) => ({
          id: `call_${id}`,
          type: "function",
          function: { name, arguments: input },
        })),
      }
      : {}),
  });
}

/** What a cache gave and took is part of the prompt here. */
function usageText(usage: AnswerUsage): string {
  const { completionTokens, reasoningTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const promptTokens = usage.promptTokens + cacheReadTokens + cacheWriteTokens;
  const promptDetails = cacheReadTokens + cacheWriteTokens === 0
    ? ""
    : `,"prompt_tokens_details":{"cached_tokens":${cacheReadTokens},` +
      `"cache_write_tokens":${cacheWriteTokens}}`;
  const completionDetails = reasoningTokens === 0
    ? ""
    : `,"completion_tokens_details":{"reasoning_tokens":${reasoningTokens}}`;
  return `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},` +
    `"total_tokens":${promptTokens + completionTokens}${promptDetails}${completionDetails}}`;
}
