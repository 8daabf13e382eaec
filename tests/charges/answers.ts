/** Answers of providers, in each of their APIs: whole, and as the events of a stream. */

import { promptOf, type Tokens } from "./books.ts";

export interface Answered {
  readonly model: string;
  readonly tokens: Tokens;
  /** What the provider itself says of its price. */
  readonly cost?: number;
  /** It says how much was used. */
  readonly isCounted: boolean;
}

/** One API. */
export interface Api {
  whole(answered: Answered): object;
  /** The last ones say what was used. */
  events(answered: Answered, hasUsage: boolean): readonly string[];
}

const PIECES = ["One", " two", " three,", " and so on."];
const TEXT = PIECES.join("");

const data = (json: object): string => `data: ${JSON.stringify(json)}\n\n`;
const named = (json: { readonly type: string; readonly [name: string]: unknown }): string =>
  `event: ${json.type}\n${data(json)}`;

function chatUsage({ tokens, cost }: Answered): object {
  const prompt = promptOf(tokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: tokens.output,
    total_tokens: prompt + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: tokens.reasoning, audio_tokens: 0 },
    ...(cost !== undefined && { cost }),
  };
}

export const chat: Api = {
  whole: (answered) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: answered.model,
    choices: [{
      index: 0,
      message: { role: "assistant", content: TEXT },
      finish_reason: "stop",
    }],
    ...(answered.isCounted && { usage: chatUsage(answered) }),
  }),
  events: (answered, hasUsage) => {
    const chunk = (choices: readonly object[], more: object = {}) =>
      data({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1,
        model: answered.model,
        choices,
        ...more,
      });
    const delta = (delta: object, finish: string | null = null) =>
      chunk([{ index: 0, delta, finish_reason: finish }]);
    const usage = hasUsage && answered.isCounted ? { usage: chatUsage(answered) } : undefined;
    return [
      delta({ role: "assistant", content: "" }),
      ...PIECES.map((content) => delta({ content })),
      delta({}, "stop"),
      ...(usage === undefined ? [] : [chunk([], usage)]),
      "data: [DONE]\n\n",
    ];
  },
};

function messagesUsage({ tokens }: Answered, outputTokens: number): object {
  return {
    input_tokens: tokens.fresh,
    cache_read_input_tokens: tokens.cached,
    cache_creation_input_tokens: tokens.written + tokens.writtenForAnHour,
    cache_creation: {
      ephemeral_5m_input_tokens: tokens.written,
      ephemeral_1h_input_tokens: tokens.writtenForAnHour,
    },
    output_tokens: outputTokens,
  };
}

export const messages: Api = {
  whole: (answered) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: answered.model,
    content: [{ type: "text", text: TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: messagesUsage(answered, answered.tokens.output),
  }),
  events: (answered) => [
    named({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: answered.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: messagesUsage(answered, 1),
      },
    }),
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    ...PIECES.map((text) =>
      named(
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      )
    ),
    named({ type: "content_block_stop", index: 0 }),
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: answered.tokens.output },
    }),
    named({ type: "message_stop" }),
  ],
};

export const gemini: Api = {
  whole: (answered) => geminiChunk(answered, TEXT, "STOP"),
  events: (answered) => [
    ...PIECES.slice(0, -1).map((text) =>
      data({
        ...geminiChunk(answered, text),
        usageMetadata: { promptTokenCount: 1, totalTokenCount: 1 },
      })
    ),
    data(geminiChunk(answered, PIECES.at(-1) ?? "", "STOP")),
  ],
};

function geminiChunk({ model, tokens }: Answered, text: string, finishReason?: string): object {
  const prompt = promptOf(tokens);
  return {
    candidates: [{
      content: { role: "model", parts: [{ text }] },
      index: 0,
      ...(finishReason !== undefined && { finishReason }),
    }],
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: tokens.output - tokens.reasoning,
      thoughtsTokenCount: tokens.reasoning,
      totalTokenCount: prompt + tokens.output,
      cachedContentTokenCount: tokens.cached,
    },
    modelVersion: model,
  };
}

function responseOf(answered: Answered, status: string, output: readonly object[]): object {
  const { tokens, model } = answered;
  const prompt = promptOf(tokens);
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status,
    model,
    output,
    error: null,
    incomplete_details: null,
    usage: status === "completed"
      ? {
        input_tokens: prompt,
        input_tokens_details: { cached_tokens: tokens.cached },
        output_tokens: tokens.output,
        output_tokens_details: { reasoning_tokens: tokens.reasoning },
        total_tokens: prompt + tokens.output,
      }
      : null,
  };
}

export const responses: Api = {
  whole: (answered) => responseOf(answered, "completed", [messageItem(TEXT, "completed")]),
  events: (answered) => {
    let sequence = 0;
    const event = (type: string, more: object): string =>
      named({ type, sequence_number: sequence++, ...more });
    const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
    const part = (text: string) => ({ type: "output_text", text, annotations: [] });
    return [
      event("response.created", { response: responseOf(answered, "in_progress", []) }),
      event("response.output_item.added", {
        output_index: 0,
        item: { ...messageItem("", "in_progress"), content: [] },
      }),
      event("response.content_part.added", { ...place, part: part("") }),
      ...PIECES.map((delta) => event("response.output_text.delta", { ...place, delta })),
      event("response.output_text.done", { ...place, text: TEXT }),
      event("response.content_part.done", { ...place, part: part(TEXT) }),
      event("response.output_item.done", { output_index: 0, item: messageItem(TEXT, "completed") }),
      event("response.completed", {
        response: responseOf(answered, "completed", [messageItem(TEXT, "completed")]),
      }),
    ];
  },
};

function messageItem(text: string, status: string): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    status,
    content: [{ type: "output_text", text, annotations: [] }],
  };
}

/** Anything else that counts in the words of chats, such as vectors. */
export const vectors: Api = {
  whole: ({ model, tokens }) => ({
    object: "list",
    model,
    data: [{ object: "embedding", index: 0, embedding: [0.25, -0.5] }],
    usage: { prompt_tokens: promptOf(tokens), total_tokens: promptOf(tokens) },
  }),
  events: () => [],
};
