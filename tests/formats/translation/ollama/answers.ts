/** What an answer can say, in the words of Ollama. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { CONTENT } from "../answers/content.ts";
import type { ENDS, USAGE } from "../answers/ends.ts";
import type { ERRORS } from "../answers/errors.ts";
import type { CALLS } from "../answers/tools.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("ollama");

const said = (message: JsonObject): Overlay => ({
  words: { message: { role: "assistant", ...message } },
});
const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const nearSaid = (how: string, message: Pattern): Overlay => near(how, { message });

const THOUGHT: Overlay = { carried: { message: { thinking: "Hm", content: "Hello" } } };
const UNSIGNED = nearSaid("its text without the signature", { thinking: "Hm", content: "Hello" });

/** A token that somebody tells the likelihood of. */
const LIKELY: Pattern = {
  token: anyOf(ONLY, onlyOf("openai_chat"), onlyOf("openai_responses"), onlyOf("gemini")),
  logprob: -0.1,
};

export const OLLAMA_CONTENT: Overlays<keyof typeof CONTENT> = {
  "text": said({ content: "Hello" }),
  "several texts in a row": nearSaid("as one text", { content: "Hello there" }),
  "reasoning": said({ content: "Hello", thinking: "Hm" }),
  "reasoning in the field `reasoning`": THOUGHT,
  "reasoning that Anthropic has signed": UNSIGNED,
  "reasoning that somebody else has signed": UNSIGNED,
  "reasoning that is sealed, between reasoning": nearSaid("what can be read of it", {
    thinking: "HmAha",
    content: "Hello",
  }),
  "reasoning between two texts": nearSaid("the texts as one, the reasoning beside it", {
    thinking: "Hm",
    content: "Hello there",
  }),
  "refusal": nearSaid("as a text", { content: "I will not" }),
  "image": { carried: { message: { content: "Here", images: ["AA=="] } } },
  "what a provider's own tool did": nearSaid("the text that came of it", { content: "Found" }),
  "a field that nobody else knows": { words: { hologram: ONLY } },
  "several choices": nearSaid("the first alone", { content: "Hello" }),
  "`logprobs`": {
    words: { logprobs: [{ token: ONLY, logprob: -0.1 }] },
    carried: { logprobs: [LIKELY] },
    carriedTo: {
      openai_chat: { choices: [{ logprobs: { content: [LIKELY] } }] },
      openai_responses: { output: [{ content: [{ text: "Hello", logprobs: [LIKELY] }] }] },
    },
  },
  "no id": said({ content: "Hello" }),
  "model that answered": { words: { model: "weir-9" } },
  "time of the answer": {
    words: { created_at: "2023-11-14T22:13:20Z" },
    carried: { created_at: /^2023-11-14T22:13:20(\.0+)?Z$/ },
  },
};

const call = (id: string, index: number, args: JsonObject): JsonObject => ({
  ...(id !== "" && { id }),
  function: { index, name: "get", arguments: args },
});
const called = (content: string, ...calls: readonly JsonObject[]): Overlay =>
  said({ content, tool_calls: calls });
const calledNear = (how: string, input: string): Overlay =>
  nearSaid(how, { tool_calls: [call("call_1", 0, { input })] });

export const OLLAMA_CALLS: Overlays<keyof typeof CALLS> = {
  "call": called("", call("call_1", 0, { a: 1 })),
  "text before a call": called("Looking", call("call_1", 0, { a: 1 })),
  "calls in parallel": called("", call("call_1", 0, { a: 1 }), call("call_2", 1, { a: 2 })),
  "call without arguments": called("", call("call_1", 0, {})),
  "arguments that are no JSON": calledNear("as the field `input`", `{"a":`),
  "call of a `custom` tool": calledNear("its input as the field `input`", "*** Begin"),
  "call without an id": called("", call("", 0, { a: 1 })),
  "`function_call`, as of old": {
    carried: { message: { tool_calls: [{ function: { name: "get", arguments: { a: 1 } } }] } },
  },
};

const NOW: JsonObject = { id: "call_1", function: { index: 0, name: "now", arguments: {} } };
const CALLED: JsonObject = {
  message: { role: "assistant", content: "", tool_calls: [NOW] },
  done_reason: "stop",
};
const ended = (how: string, reason: string): Overlay => near(how, { done_reason: reason });

export const OLLAMA_ENDS: Overlays<keyof typeof ENDS> = {
  "end: it is done": { words: { done_reason: "stop" } },
  "end: a stop sequence, and which": ended("that it stopped, not at which", "stop"),
  "end: the bound of the output": { words: { done_reason: "length" } },
  "end: the model's window": ended("`length`", "length"),
  "end: calls of tools": { words: CALLED },
  "end: `stop`, though tools were called": { carried: CALLED },
  "end: a filter": ended("`stop`", "stop"),
  "end: a refusal, and why": ended("`stop`", "stop"),
  "end: a pause of the provider's tools": ended("`stop`", "stop"),
  "end: OpenRouter's `error`": near("as a failed call", { error: /./ }),
  "end: a word that nobody knows": {
    words: { done_reason: ONLY },
    ...ended("`stop`", "stop"),
    elsewhere: {
      openai_chat: {
        "the word as it is": {
          choices: [{ finish_reason: anyOf(ONLY, onlyOf("anthropic_messages")) }],
        },
      },
    },
  },
};

const COUNTS: JsonObject = { prompt_eval_count: 10, eval_count: 5 };

export const OLLAMA_USAGE: Overlays<keyof typeof USAGE> = {
  "tokens read and written": { words: COUNTS },
  "nothing counted": {
    words: { prompt_eval_count: null, eval_count: null },
  },
  "counts that nobody else knows": { words: { ...COUNTS, total_duration: 7 } },
};

const failed = (status: number, words: Pattern): Overlay => ({
  carried: { status, error: words },
});

export const OLLAMA_ERRORS: Overlays<keyof typeof ERRORS> = {
  "error with status 200, before content": {
    words: { error: "Overloaded" },
    ...failed(503, "Overloaded"),
  },
  "error: an answer with nothing in it": near("as a failed call", { status: 502, error: /./ }),
  "error: the prompt is too long": {
    words: { error: "the input exceeds the context length" },
    ...failed(400, /context length|too long/),
  },
  "error: money has run out": failed(429, "Quota is used up"),
  "error: an answer that cannot be read": near("as a failed call", { status: 502, error: /./ }),
  "error whose words say more than its code": failed(500, "You exceeded your current quota"),
  "error after content": {
    words: { message: { role: "assistant", content: "Hello" }, error: "Overloaded" },
    carried: { error: "Overloaded" },
  },
};
