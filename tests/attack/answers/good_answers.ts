/**
 * Right answers of six APIs, whole and as events, with a thought, a text and a call of a tool: what the hostile ones
 * are made of.
 *
 * @module
 */

import { encodeAwsMessage } from "../../../src/framing/aws_event_stream.ts";
import { textOf } from "../../transport/raw_server.ts";
import { wireOf } from "../hostile_input.ts";

export type ProviderFormat = "chat" | "messages" | "responses" | "gemini" | "ollama" | "converse";

export interface GoodAnswer {
  readonly format: ProviderFormat;
  readonly whole: unknown;
  readonly events: readonly unknown[];
  readonly streamType: string;
  /** One event as bytes, of its JSON; the name is the event's own where it has one. */
  frame(json: string, event: unknown): string;
  /** What stands behind the last event. */
  readonly endMark: string;
}

type Members = Readonly<Record<string, unknown>>;

const CALL_INPUT = `{"a":"b"}`;

function named(json: string, event: unknown): string {
  return wireOf(`event: ${(event as Members)["type"]}\ndata: ${json}\n\n`);
}

const unnamed = (json: string): string => wireOf(`data: ${json}\n\n`);

function chunk(delta: object, more: object = {}, rest: object = {}): object {
  return {
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
    ...rest,
  };
}

const CHAT_USAGE = {
  prompt_tokens: 1,
  completion_tokens: 2,
  total_tokens: 3,
  completion_tokens_details: { reasoning_tokens: 1 },
};
const CHAT_CALL = {
  id: "call_a",
  type: "function",
  function: { name: "f", arguments: CALL_INPUT },
};

const chat: GoodAnswer = {
  format: "chat",
  whole: {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", reasoning: "r", content: "hello", tool_calls: [CHAT_CALL] },
      finish_reason: "tool_calls",
      logprobs: null,
    }],
    usage: CHAT_USAGE,
  },
  events: [
    chunk({ role: "assistant", content: "" }),
    chunk({ reasoning: "r" }),
    chunk({ content: "hello" }),
    chunk({ tool_calls: [{ index: 0, ...CHAT_CALL }] }),
    chunk({}, { finish_reason: "tool_calls" }),
    chunk({}, {}, { choices: [], usage: CHAT_USAGE }),
  ],
  streamType: "text/event-stream",
  frame: unnamed,
  endMark: "data: [DONE]\n\n",
};

const MESSAGE = { id: "msg_a", type: "message", role: "assistant", model: "m" };
const MESSAGE_USAGE = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 0 };

function block(index: number, content_block: object, delta: object): object[] {
  return [
    { type: "content_block_start", index, content_block },
    { type: "content_block_delta", index, delta },
    { type: "content_block_stop", index },
  ];
}

const messages: GoodAnswer = {
  format: "messages",
  whole: {
    ...MESSAGE,
    content: [
      { type: "thinking", thinking: "r", signature: "s" },
      { type: "text", text: "hello" },
      { type: "tool_use", id: "toolu_a", name: "f", input: { a: "b" } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: MESSAGE_USAGE,
  },
  events: [
    {
      type: "message_start",
      message: { ...MESSAGE, content: [], stop_reason: null, usage: MESSAGE_USAGE },
    },
    ...block(0, { type: "thinking", thinking: "" }, { type: "thinking_delta", thinking: "r" }),
    ...block(1, { type: "text", text: "" }, { type: "text_delta", text: "hello" }),
    ...block(2, { type: "tool_use", id: "toolu_a", name: "f", input: {} }, {
      type: "input_json_delta",
      partial_json: CALL_INPUT,
    }),
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { output_tokens: 2 },
    },
  ],
  streamType: "text/event-stream",
  frame: named,
  endMark: `event: message_stop\ndata: {"type":"message_stop"}\n\n`,
};

const OUTPUT = [
  { id: "rs_a", type: "reasoning", summary: [{ type: "summary_text", text: "r" }] },
  {
    id: "msg_a",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: "hello", annotations: [] }],
  },
  {
    id: "fc_a",
    type: "function_call",
    call_id: "call_a",
    name: "f",
    arguments: CALL_INPUT,
    status: "completed",
  },
];

function response(status: string, output: readonly object[]): object {
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const named = { id: "resp_a", object: "response", created_at: 1, model: "m" };
  return { ...named, status, output, error: null, ...(status === "completed" && { usage }) };
}

const TEXT_PART = { item_id: "msg_a", output_index: 0, content_index: 0 };
const EMPTY_PART = { type: "output_text", text: "", annotations: [] };

const responses: GoodAnswer = {
  format: "responses",
  whole: response("completed", OUTPUT),
  events: [
    { type: "response.created", response: response("in_progress", []) },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...OUTPUT[1], status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...TEXT_PART, part: EMPTY_PART },
    { type: "response.output_text.delta", ...TEXT_PART, delta: "hello" },
    { type: "response.output_text.done", ...TEXT_PART, text: "hello" },
    {
      type: "response.content_part.done",
      ...TEXT_PART,
      part: { ...EMPTY_PART, text: "hello" },
    },
    { type: "response.output_item.done", output_index: 0, item: OUTPUT[1] },
    { type: "response.completed", response: response("completed", OUTPUT.slice(1, 2)) },
  ].map((event, sequence_number) => ({ ...event, sequence_number })),
  streamType: "text/event-stream",
  frame: named,
  endMark: "",
};

const GEMINI_NAMES = { modelVersion: "m", responseId: "a" };
const GEMINI_USAGE = { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 };

function candidate(parts: readonly object[], more: object = {}): object {
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
    usageMetadata: GEMINI_USAGE,
    ...GEMINI_NAMES,
  };
}

const GEMINI_PARTS = [
  { text: "r", thought: true },
  { text: "hello" },
  { functionCall: { name: "f", args: { a: "b" } }, thoughtSignature: "c2ln" },
];

const gemini: GoodAnswer = {
  format: "gemini",
  whole: candidate(GEMINI_PARTS, { finishReason: "STOP" }),
  events: [
    ...GEMINI_PARTS.map((part) => candidate([part])),
    candidate([{ text: "" }], { finishReason: "STOP" }),
  ],
  streamType: "text/event-stream",
  frame: (json) => wireOf(`data: ${json}\r\n\r\n`),
  endMark: "",
};

function line(message: object, more: object): object {
  const created_at = "2025-08-20T13:48:23.241046Z";
  return { model: "m", created_at, message: { role: "assistant", ...message }, ...more };
}

const OLLAMA_CALL = { function: { name: "f", arguments: { a: "b" } } };
const OLLAMA_END = { done: true, done_reason: "stop", prompt_eval_count: 1, eval_count: 2 };

const ollama: GoodAnswer = {
  format: "ollama",
  whole: line({ content: "hello", thinking: "r", tool_calls: [OLLAMA_CALL] }, OLLAMA_END),
  events: [
    line({ content: "", thinking: "r" }, { done: false }),
    line({ content: "hello" }, { done: false }),
    line({ content: "", tool_calls: [OLLAMA_CALL] }, { done: false }),
    line({ content: "" }, OLLAMA_END),
  ],
  streamType: "application/x-ndjson",
  frame: (json) => wireOf(`${json}\n`),
  endMark: "",
};

const CONVERSE_USAGE = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

/** Its frames are bytes; the name of an event stands beside its JSON. */
function awsFrame(json: string, event: unknown): string {
  const type = Object.keys(event as object)[0] ?? "unknown";
  const headers = { ":event-type": type, ":message-type": "event" };
  // What is put in place of a whole event has no name of its own.
  const payload = json.startsWith(`{"${type}":`) ? json.slice(type.length + 4, -1) : json;
  return textOf(encodeAwsMessage(headers, new TextEncoder().encode(payload)));
}

const converse: GoodAnswer = {
  format: "converse",
  whole: {
    output: {
      message: {
        role: "assistant",
        content: [
          { reasoningContent: { reasoningText: { text: "r", signature: "s" } } },
          { text: "hello" },
          { toolUse: { toolUseId: "tooluse_a", name: "f", input: { a: "b" } } },
        ],
      },
    },
    stopReason: "tool_use",
    usage: CONVERSE_USAGE,
    metrics: { latencyMs: 1 },
  },
  events: [
    { messageStart: { role: "assistant" } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hello" } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    {
      contentBlockStart: {
        contentBlockIndex: 1,
        start: { toolUse: { toolUseId: "tooluse_a", name: "f" } },
      },
    },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: CALL_INPUT } } } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { messageStop: { stopReason: "tool_use" } },
    { metadata: { usage: CONVERSE_USAGE, metrics: { latencyMs: 1 } } },
  ],
  streamType: "application/vnd.amazon.eventstream",
  frame: awsFrame,
  endMark: "",
};

export const GOOD_ANSWERS: readonly GoodAnswer[] = [
  chat,
  messages,
  responses,
  gemini,
  ollama,
  converse,
];
