/** What an answer can say, in the words of Bedrock's Converse. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { plainEnvelopes } from "../../openai_responses/request/plain_envelopes.ts";
import type { CONTENT } from "../answers/content.ts";
import type { ENDS, USAGE } from "../answers/ends.ts";
import type { ERRORS } from "../answers/errors.ts";
import type { CALLS } from "../answers/tools.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("bedrock_converse");

const says = (content: readonly JsonObject[], rest: JsonObject = {}): Overlay => ({
  words: { output: { message: { role: "assistant", content } }, ...rest },
});
const text = (words: string): JsonObject => ({ text: words });
const thought = (words: string, rest: JsonObject = {}): JsonObject => ({
  reasoningContent: { reasoningText: { text: words, ...rest } },
});
const HELLO = text("Hello");
const URL = "https://example.com/weirs";
const cited = (citation: JsonObject): JsonObject => ({
  citationsContent: { content: [text("A weir is")], citations: [citation] },
});

interface Signed {
  readonly signature: string;
  readonly format: string;
}

/** By whom it may be signed, as chats say it. */
const SIGNED: readonly Signed[] = [
  { signature: ONLY, format: "bedrock_converse" },
  { signature: onlyOf("gemini"), format: "google-gemini-v1" },
  { signature: onlyOf("openai_responses"), format: "openai-responses-v1" },
];
/** What Weir makes of it for clients of Messages. */
const WRAPPED = anyOf(...[
  [ONLY, "bedrock_converse"],
  [onlyOf("gemini"), "gemini"],
  [onlyOf("openai_responses"), "openai_responses"],
  [onlyOf("openai_chat"), "openai_responses"],
].map(([seal, format = ""]) => plainEnvelopes.seal(JSON.stringify({ seal }), { format })));

const detailOf = (detail: (signed: Signed) => Pattern): Pattern => ({
  choices: [{ message: { content: "Hello", reasoning_details: [anyOf(...SIGNED.map(detail))] } }],
});

/** What clients of Responses keep of it. */
const sealed = (words: string): Pattern =>
  anyOf(
    onlyOf("openai_chat"),
    onlyOf("openai_responses"),
    ...[[ONLY, "bedrock_converse"], [onlyOf("gemini"), "gemini"]].map(([seal, format = ""]) =>
      plainEnvelopes.seal(JSON.stringify({ text: words, seal }), { format })
    ),
  );

export const CONVERSE_CONTENT: Overlays<keyof typeof CONTENT> = {
  "text": says([HELLO]),
  "several texts in a row": says([text("Hello "), text("there")]),
  "reasoning": says([thought("Hm"), HELLO]),
  "reasoning that somebody else has signed": {
    ...says([thought("Hm", { signature: ONLY }), HELLO]),
    carriedTo: {
      openai_chat: detailOf(
        ({ signature, format }) => ({ type: "reasoning.text", text: "Hm", signature, format }),
      ),
      openai_responses: {
        output: [
          { summary: [{ text: "Hm" }], encrypted_content: sealed("Hm") },
          { content: [{ text: "Hello" }] },
        ],
      },
      anthropic_messages: {
        content: [{ type: "thinking", thinking: "Hm", signature: WRAPPED }, { text: "Hello" }],
      },
    },
  },
  "reasoning that somebody else has sealed": {
    ...says([{ reasoningContent: { redactedContent: ONLY } }, HELLO]),
    carriedTo: {
      openai_chat: detailOf(
        ({ signature, format }) => ({ type: "reasoning.encrypted", data: signature, format }),
      ),
      openai_responses: {
        output: [{ encrypted_content: sealed("") }, { content: [{ text: "Hello" }] }],
      },
    },
  },
  "citation of a page": says([
    cited({ title: "Weirs", location: { web: { url: URL } } }),
  ]),
  "citation of a document": says([
    cited({ title: "Weirs", location: { documentPage: { documentIndex: 0, start: ONLY } } }),
  ]),
  "image": says([text("Here"), { image: { format: "png", source: { bytes: "AA==" } } }]),
  "a field that nobody else knows": says([HELLO], {
    additionalModelResponseFields: { hologram: ONLY },
  }),
};

const call = (toolUseId: string, input: JsonObject): JsonObject => ({
  toolUse: { toolUseId, name: "get", input },
});
const calls = (...content: readonly JsonObject[]): Overlay =>
  says(content, { stopReason: "tool_use" });

export const CONVERSE_CALLS: Overlays<keyof typeof CALLS> = {
  "call": calls(call("call_1", { a: 1 })),
  "text before a call": calls(text("Looking"), call("call_1", { a: 1 })),
  "calls in parallel": calls(call("call_1", { a: 1 }), call("call_2", { a: 2 })),
  "call without arguments": calls(call("call_1", {})),
  "call without a name": calls({ toolUse: { toolUseId: "call_1", input: {} } }),
};

const ended = (stopReason: string): Overlay => says([HELLO], { stopReason });
const NOW = { toolUse: { toolUseId: "call_1", name: "now", input: {} } };

export const CONVERSE_ENDS: Overlays<keyof typeof ENDS> = {
  "end: it is done": ended("end_turn"),
  "end: a stop sequence, and which": {
    ...ended("stop_sequence"),
    elsewhere: {
      anthropic_messages: { "that it stopped, not at which": { stop_reason: "end_turn" } },
    },
  },
  "end: the bound of the output": ended("max_tokens"),
  "end: the model's window": ended("model_context_window_exceeded"),
  "end: calls of tools": says([NOW], { stopReason: "tool_use" }),
  "end: `stop`, though tools were called": says([NOW], { stopReason: "end_turn" }),
  "end: a filter": ended("guardrail_intervened"),
  "end: a word that nobody knows": {
    ...ended(ONLY),
    elsewhere: {
      openai_chat: {
        "the word as it is": {
          choices: [{
            finish_reason: anyOf(
              ONLY,
              onlyOf("gemini"),
              onlyOf("ollama"),
              onlyOf("anthropic_messages"),
            ),
          }],
        },
      },
    },
  },
};

const counted = (usage: JsonObject): Overlay => ({ words: { usage } });
const COUNTS = { inputTokens: 6, outputTokens: 5, totalTokens: 15 };

export const CONVERSE_USAGE: Overlays<keyof typeof USAGE> = {
  "tokens read and written": counted({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
  "nothing counted": { words: { usage: {} } },
  "tokens read from a cache": counted({ ...COUNTS, cacheReadInputTokens: 4 }),
  "tokens written to a cache": counted({ ...COUNTS, cacheWriteInputTokens: 4 }),
  "tokens written to a cache, by how long": counted({
    ...COUNTS,
    cacheWriteInputTokens: 4,
    cacheDetails: [{ ttl: "5m", inputTokens: 1 }, { ttl: "1h", inputTokens: 3 }],
  }),
  "counts that nobody else knows": counted({
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 15,
    [ONLY]: 1,
  }),
};

const failed = (exception: string, message: string): Overlay => ({
  words: { __type: exception, message },
});

export const CONVERSE_ERRORS: Overlays<keyof typeof ERRORS> = {
  "error with status 200, before content": failed("serviceUnavailableException", "Overloaded"),
  "error: the prompt is too long": {
    ...failed("validationException", "Input is too long for requested model."),
    carriedTo: {
      // Anthropic's clients know either sentence.
      anthropic_messages: {
        status: 400,
        error: { message: anyOf(/prompt is too long/, /Input is too long for requested model/) },
      },
    },
  },
  "error after content": says([HELLO], {
    __type: "serviceUnavailableException",
    message: "Overloaded",
  }),
};
