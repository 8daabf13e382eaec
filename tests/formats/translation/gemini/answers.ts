/** What an answer can say, in the words of Gemini. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { CONTENT } from "../answers/content.ts";
import type { ENDS, USAGE } from "../answers/ends.ts";
import type { ERRORS } from "../answers/errors.ts";
import type { CALLS } from "../answers/tools.ts";
import { plainEnvelopes } from "../../openai_responses/request/plain_envelopes.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("gemini");
const HELLO: JsonObject = { text: "Hello" };

const candidate = (parts: readonly JsonObject[], rest: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: "model" }, ...rest }],
});
const parts = (...all: readonly JsonObject[]): Overlay => ({
  words: candidate(all, { finishReason: "STOP" }),
  carried: candidate(all),
});
const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const finished = (word: string): Pattern => ({ candidates: [{ finishReason: word }] });

const thought = (words: string): JsonObject => ({ text: words, thought: true });
const RESPONSES = onlyOf("openai_responses");

/** A detail of a chat's reasoning. */
const detail = (signature: string, format: string): Pattern => ({
  type: "reasoning.text",
  text: "Hm",
  signature,
  format,
});
/** What Weir makes for clients of Responses of what Gemini has signed. */
const envelope = plainEnvelopes.seal(JSON.stringify({ text: "Hm", seal: ONLY }), {
  format: "gemini",
});
/** The same for clients of Messages, in the place of a signature. */
const wrapped = (seal: string, format: string): string =>
  plainEnvelopes.seal(JSON.stringify({ seal }), { format });
const thoughtOf = (sealed: Pattern): Pattern => ({
  output: [
    { type: "reasoning", summary: [{ text: "Hm" }], encrypted_content: sealed },
    { content: [{ text: "Hello" }] },
  ],
});

const ID = anyOf("chatcmpl-9", "msg_9", "resp_9", "r_9");
const token = anyOf(onlyOf("openai_chat"), RESPONSES, ONLY, onlyOf("ollama"));
const likely: Pattern = { token, logprob: -0.1 };

const URL = "https://example.com/weirs";

export const GEMINI_CONTENT: Overlays<keyof typeof CONTENT> = {
  "text": parts(HELLO),
  "several texts in a row": {
    carried: anyOf(
      candidate([{ text: "Hello " }, { text: "there" }]),
      candidate([{ text: "Hello there" }]),
    ),
  },
  "reasoning": parts(thought("Hm"), HELLO),
  "reasoning in the field `reasoning`": { carried: candidate([thought("Hm"), HELLO]) },
  "reasoning that Anthropic has signed": near(
    "its text without the signature",
    candidate([thought("Hm"), HELLO]),
  ),
  "reasoning that somebody else has signed": {
    words: candidate([{ ...thought("Hm"), thoughtSignature: ONLY }, HELLO]),
    carriedTo: {
      openai_chat: {
        choices: [{
          message: {
            content: "Hello",
            reasoning_details: [
              anyOf(detail(ONLY, "google-gemini-v1"), detail(RESPONSES, "openai-responses-v1")),
            ],
          },
        }],
      },
      anthropic_messages: {
        content: [
          {
            type: "thinking",
            thinking: "Hm",
            signature: anyOf(
              wrapped(onlyOf("openai_chat"), "openai_responses"),
              wrapped(RESPONSES, "openai_responses"),
              wrapped(ONLY, "gemini"),
            ),
          },
          { type: "text", text: "Hello" },
        ],
      },
      openai_responses: thoughtOf(anyOf(onlyOf("openai_chat"), RESPONSES, envelope)),
    },
    ...near("its text without the signature", candidate([thought("Hm"), HELLO])),
  },
  "reasoning that is sealed, between reasoning": near(
    "what can be read of it",
    anyOf(candidate([thought("Hm"), thought("Aha"), HELLO]), candidate([thought("HmAha"), HELLO])),
  ),
  "reasoning between two texts": {
    carried: candidate([{ text: "Hello " }, thought("Hm"), { text: "there" }]),
  },
  "refusal": near("as a text, and `finishReason` says what it is", {
    candidates: [{ content: { parts: [{ text: "I will not" }] }, finishReason: "SAFETY" }],
  }),
  "citation of a page": {
    words: candidate([{ text: "A weir is" }], {
      groundingMetadata: { groundingChunks: [{ web: { uri: URL, title: "Weirs" } }] },
    }),
  },
  "image": parts({ text: "Here" }, { inlineData: { mimeType: "image/png", data: "AA==" } }),
  "what a provider's own tool did": {
    words: candidate([{ executableCode: { code: ONLY } }, { text: "Found" }]),
    ...near("the text that came of it", candidate([{ text: "Found" }])),
    elsewhere: {
      anthropic_messages: {
        "the text that came of it": { content: [{ type: "text", text: "Found" }] },
      },
    },
  },
  "a field that nobody else knows": { words: candidate([HELLO], { hologram: ONLY }) },
  "several choices": {
    words: {
      candidates: [
        { content: { parts: [HELLO] }, finishReason: "STOP", index: 0 },
        { content: { parts: [{ text: "Hi" }] }, finishReason: "STOP", index: 1 },
      ],
    },
  },
  "`logprobs`": {
    words: candidate([HELLO], {
      logprobsResult: { chosenCandidates: [{ token: ONLY, logProbability: -0.1 }] },
    }),
    carried: {
      candidates: [{
        logprobsResult: {
          chosenCandidates: [{
            token,
            logProbability: -0.1,
          }],
        },
      }],
    },
    carriedTo: {
      openai_chat: { choices: [{ logprobs: { content: [likely] } }] },
      openai_responses: { output: [{ content: [{ text: "Hello", logprobs: [likely] }] }] },
    },
  },
  "id of the answer": {
    words: { responseId: "r_9" },
    carried: { responseId: ID },
    carriedTo: { openai_chat: { id: ID }, anthropic_messages: { id: ID } },
    ...near("the call's own", { responseId: "id" }),
  },
  "no id": { words: { responseId: null }, ...near("the call's own", { responseId: "id" }) },
  "model that answered": { words: { modelVersion: "weir-9" } },
};

const call = (id: string, args: JsonObject): JsonObject => ({
  functionCall: { ...(id !== "" && { id }), name: "get", args },
});

const NUMBERED = "with an id that goes no further";
const NUMBER = /^gcall_r_1_0$/;

export const GEMINI_CALLS: Overlays<keyof typeof CALLS> = {
  "call": parts(call("call_1", { a: 1 })),
  "text before a call": parts({ text: "Looking" }, call("call_1", { a: 1 })),
  "calls in parallel": parts(call("call_1", { a: 1 }), call("call_2", { a: 2 })),
  "call without arguments": parts(call("call_1", {})),
  "arguments that are no JSON": near(
    "as the field `input`",
    candidate([call("call_1", { input: `{"a":` })]),
  ),
  "call of a `custom` tool": near(
    "its input as the field `input`",
    candidate([call("call_1", { input: "*** Begin" })]),
  ),
  "call without an id": {
    ...parts(call("", { a: 1 })),
    elsewhere: {
      openai_chat: { [NUMBERED]: { choices: [{ message: { tool_calls: [{ id: NUMBER }] } }] } },
      openai_responses: { [NUMBERED]: { output: [{ type: "function_call", call_id: NUMBER }] } },
      anthropic_messages: { [NUMBERED]: { content: [{ type: "tool_use", id: NUMBER }] } },
    },
  },
  "`function_call`, as of old": {
    carried: {
      candidates: [{ content: { parts: [{ functionCall: { name: "get", args: { a: 1 } } }] } }],
    },
  },
};

const ended = (finishReason: string): Overlay => ({
  words: candidate([HELLO], { finishReason }),
});
const NOW = { functionCall: { id: "call_1", name: "now", args: {} } };

export const GEMINI_ENDS: Overlays<keyof typeof ENDS> = {
  "end: it is done": ended("STOP"),
  "end: a stop sequence, and which": near("that it stopped, not at which", finished("STOP")),
  "end: the bound of the output": ended("MAX_TOKENS"),
  "end: the model's window": near("`MAX_TOKENS`", finished("MAX_TOKENS")),
  "end: calls of tools": parts(NOW),
  "end: `stop`, though tools were called": parts(NOW),
  "end: a filter": ended("SAFETY"),
  "end: a refusal, and why": {
    words: candidate([HELLO], { finishReason: "SAFETY", finishMessage: "It is unsafe" }),
    carried: { candidates: [{ finishReason: "SAFETY", finishMessage: "It is unsafe" }] },
  },
  "end: a pause of the provider's tools": near("`STOP`", finished("STOP")),
  "end: OpenRouter's `error`": near("as a failed call", { error: { message: /./ } }),
  "end: a word that nobody knows": {
    words: candidate([HELLO], { finishReason: ONLY }),
    ...near("`OTHER`", finished("OTHER")),
    elsewhere: {
      openai_chat: {
        "the word as it is": {
          choices: [{ finish_reason: anyOf(ONLY, onlyOf("anthropic_messages")) }],
        },
      },
    },
  },
};

const counted = (usageMetadata: JsonObject): Overlay => ({ words: { usageMetadata } });
const COUNTS = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };

export const GEMINI_USAGE: Overlays<keyof typeof USAGE> = {
  "tokens read and written": counted(COUNTS),
  "nothing counted": near("as 0", { usageMetadata: { promptTokenCount: 0, totalTokenCount: 0 } }),
  "tokens read from a cache": counted({ ...COUNTS, cachedContentTokenCount: 4 }),
  "tokens of reasoning": counted({
    ...COUNTS,
    candidatesTokenCount: 3,
    thoughtsTokenCount: 2,
  }),
  "counts that nobody else knows": counted({ ...COUNTS, [ONLY]: 1 }),
};

const failed = (code: number, status: string, message: Pattern): Overlay => ({
  carried: { error: { code, status, message } },
});

export const GEMINI_ERRORS: Overlays<keyof typeof ERRORS> = {
  "error with status 200, before content": {
    words: { error: { code: 503, status: "UNAVAILABLE", message: "Overloaded" } },
    ...failed(503, "UNAVAILABLE", "Overloaded"),
  },
  "error: the prompt is too long": failed(
    400,
    "INVALID_ARGUMENT",
    /^The input token count exceeds the maximum number of tokens allowed/,
  ),
  "error: money has run out": failed(429, "RESOURCE_EXHAUSTED", "Quota is used up"),
  "error: an answer that cannot be read": near("as a failed call", { error: { code: 502 } }),
  "error whose words say more than its code": failed(
    500,
    "INTERNAL",
    "You exceeded your current quota",
  ),
  "error after content": {
    words: {
      ...candidate([HELLO]),
      error: { code: 503, status: "UNAVAILABLE", message: "Overloaded" },
    },
    carried: { error: { status: "UNAVAILABLE", message: "Overloaded" } },
  },
};
