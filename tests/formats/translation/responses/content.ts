/** What a model says and calls, in the words of Responses. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { plainEnvelopes } from "../../openai_responses/request/plain_envelopes.ts";
import type { CONTENT } from "../answers/content.ts";
import type { CALLS } from "../answers/tools.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { Overlays } from "./overlay.ts";

const text = (words: string, rest: JsonObject = {}): JsonObject => ({
  type: "output_text",
  text: words,
  ...rest,
});
const message = (...content: readonly JsonObject[]): JsonObject => ({
  type: "message",
  role: "assistant",
  content,
});
const output = (...items: readonly JsonObject[]) => ({ output: items });

const HELLO = message(text("Hello"));
const summary = (words: string) => [{ type: "summary_text", text: words }];
const thought = (words: string, rest: JsonObject = {}): JsonObject => ({
  type: "reasoning",
  summary: words === "" ? [] : summary(words),
  ...rest,
});

/** What Weir makes of what Anthropic has signed. */
const envelope = (words: string) =>
  plainEnvelopes.seal(JSON.stringify({ text: words, seal: onlyOf("anthropic_messages") }), {
    format: "anthropic_messages",
  });
const signed = (words: string) => thought(words, { encrypted_content: envelope(words) });

const OWN = onlyOf("openai_responses");
const CHATS = onlyOf("openai_chat");
const SEAL = "openai-responses-v1";

/** A detail of a chat with a seal of its own or one of Responses. */
const chatDetail = (detail: JsonObject, field: string): Pattern => ({
  choices: [{
    message: {
      content: "Hello",
      reasoning_details: [
        anyOf({ ...detail, [field]: CHATS, format: SEAL }, {
          ...detail,
          [field]: OWN,
          format: SEAL,
        }),
      ],
    },
  }],
});

const URL = "https://example.com/weirs";
const likely = (token: string) => ({ token, logprob: -0.1 });

export const RESPONSES_CONTENT: Overlays<keyof typeof CONTENT> = {
  "text": { words: output(HELLO) },
  "several texts in a row": { words: output(message(text("Hello "), text("there"))) },
  "reasoning": { words: output(thought("Hm"), HELLO) },
  "reasoning in the field `reasoning`": { carried: output(thought("Hm"), HELLO) },
  "reasoning that Anthropic has signed": { carried: output(signed("Hm"), HELLO) },
  "reasoning that somebody else has signed": {
    words: output(thought("Hm", { encrypted_content: OWN }), HELLO),
    carried: anyOf(
      output(thought("Hm", { encrypted_content: OWN }), HELLO),
      output(thought("Hm", { encrypted_content: CHATS }), HELLO),
    ),
    carriedTo: { openai_chat: chatDetail({ type: "reasoning.text", text: "Hm" }, "signature") },
  },
  "reasoning that is sealed, between reasoning": {
    carried: output(signed("Hm"), signed(""), signed("Aha"), HELLO),
  },
  "reasoning that somebody else has sealed": {
    words: output(thought("", { id: "rs_1", encrypted_content: OWN }), HELLO),
    carried: anyOf(
      output(thought("", { encrypted_content: OWN }), HELLO),
      output(thought("", { encrypted_content: CHATS }), HELLO),
    ),
    carriedTo: { openai_chat: chatDetail({ type: "reasoning.encrypted" }, "data") },
  },
  "reasoning between two texts": {
    carried: output(message(text("Hello ")), signed("Hm"), message(text("there"))),
  },
  "refusal": {
    words: output(message({ type: "refusal", refusal: "I will not" })),
    carriedTo: { openai_chat: { choices: [{ message: { refusal: "I will not" } }] } },
  },
  "citation of a page": {
    words: output(
      message(text("A weir is", {
        annotations: [{ type: "url_citation", url: URL, title: "Weirs" }],
      })),
    ),
  },
  "image": {
    words: output(message(text("Here")), { type: "image_generation_call", result: "AA==" }),
  },
  "what a provider's own tool did": {
    words: output({
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: OWN },
    }, message(text("Found"))),
    near: { "the text that came of it": output(message(text("Found"))) },
    elsewhere: {
      anthropic_messages: {
        "the text that came of it": { content: [{ type: "text", text: "Found" }] },
      },
    },
  },
  "a field that nobody else knows": {
    words: { ...output(HELLO), moderation: { input: { type: OWN } } },
  },
  "several choices": { near: { "the first alone": output(HELLO) } },
  "`logprobs`": {
    words: output(message(text("Hello", { logprobs: [likely(OWN)] }))),
    carried: {
      output: [{ content: [{ text: "Hello", logprobs: [anyOf(likely(OWN), likely(CHATS))] }] }],
    },
    carriedTo: {
      openai_chat: {
        choices: [{
          message: { content: "Hello" },
          logprobs: { content: [anyOf(likely(OWN), likely(CHATS))] },
        }],
      },
    },
  },
  "id of the answer": {
    words: { id: "resp_9" },
    near: { "the call's own": { id: "resp_id" } },
    carriedTo: {
      openai_chat: { id: anyOf("chatcmpl-9", "msg_9", "resp_9") },
      anthropic_messages: { id: anyOf("chatcmpl-9", "msg_9", "resp_9") },
    },
  },
  "no id": { words: { id: null }, near: { "the call's own": { id: "resp_id" } } },
  "model that answered": { words: { model: "weir-9" } },
  "time of the answer": { words: { created_at: 1_700_000_000 } },
};

const call = (id: JsonValue, args: JsonValue): JsonObject => ({
  type: "function_call",
  call_id: id,
  name: "get",
  arguments: args,
});
const CALL = call("call_1", `{"a":1}`);

export const RESPONSES_CALLS: Overlays<keyof typeof CALLS> = {
  "call": { words: output(CALL) },
  "text before a call": { words: output(message(text("Looking")), CALL) },
  "calls in parallel": { words: output(CALL, call("call_2", `{"a":2}`)) },
  "call without arguments": {
    words: output(call("call_1", "")),
    // SDKs parse the arguments, and nothing at all is no JSON.
    carried: output(call("call_1", "{}")),
  },
  "arguments that are no JSON": { words: output(call("call_1", `{"a":`)) },
  "call of a `custom` tool": {
    words: output({
      type: "custom_tool_call",
      call_id: "call_1",
      name: "get",
      input: "*** Begin",
    }),
  },
  "call without an id": {
    carried: { output: [{ type: "function_call", call_id: /^call_fc_id_/, name: "get" }] },
  },
  "`function_call`, as of old": {
    carried: { output: [{ type: "function_call", name: "get", arguments: `{"a":1}` }] },
  },
};
