/** Calls of tools in an answer. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { Features } from "../feature.ts";
import type { Pattern } from "../pattern.ts";

const chatCall = <Text extends Pattern>(id: string, text: Text) => ({
  id,
  type: "function",
  function: { name: "get", arguments: text },
});
const call = (id: string, input: JsonObject): JsonObject => ({
  type: "tool_use",
  id,
  name: "get",
  input,
});

/** An answer that ends with calls. */
const chat = <Calls>(calls: Calls, content: string | null = null) => ({
  choices: [{ message: { content, tool_calls: calls }, finish_reason: "tool_calls" }],
});
const messages = (...content: readonly JsonObject[]) => ({ content, stop_reason: "tool_use" });

export const CALLS = {
  "call": {
    words: {
      openai_chat: chat([chatCall("call_1", `{"a":1}`)]),
      anthropic_messages: messages(call("call_1", { a: 1 })),
    },
  },
  "text before a call": {
    words: {
      openai_chat: chat([chatCall("call_1", `{"a":1}`)], "Looking"),
      anthropic_messages: messages({ type: "text", text: "Looking" }, call("call_1", { a: 1 })),
    },
  },
  "calls in parallel": {
    words: {
      openai_chat: chat([chatCall("call_1", `{"a":1}`), chatCall("call_2", `{"a":2}`)]),
      anthropic_messages: messages(call("call_1", { a: 1 }), call("call_2", { a: 2 })),
    },
  },
  "call without arguments": {
    words: {
      openai_chat: chat([chatCall("call_1", "")]),
      anthropic_messages: messages(call("call_1", {})),
    },
    // SDKs parse the arguments, and nothing at all is no JSON.
    carried: { openai_chat: chat([chatCall("call_1", "{}")]) },
  },
  "arguments that are no JSON": {
    words: { openai_chat: chat([chatCall("call_1", `{"a":`)]) },
    approximated: {
      anthropic_messages: {
        "as the field `input`": messages(call("call_1", { input: `{"a":` })),
        "as it is": { content: [{ type: "tool_use", input: `{"a":` }] },
      },
    },
  },
  "call of a `custom` tool": {
    words: {
      openai_chat: chat([{
        id: "call_1",
        type: "custom",
        custom: { name: "get", input: "*** Begin" },
      }]),
    },
    approximated: {
      anthropic_messages: {
        "its input as the field `input`": messages(call("call_1", { input: "*** Begin" })),
      },
    },
  },
  "call without an id": {
    words: { openai_chat: chat([chatCall("", `{"a":1}`)]) },
    carried: {
      openai_chat: chat([{ id: /^call_./, function: { name: "get", arguments: `{"a":1}` } }]),
    },
    approximated: {
      anthropic_messages: {
        "with an id of the call's own": {
          content: [{ type: "tool_use", id: /^toolu_id_/, name: "get", input: { a: 1 } }],
        },
      },
    },
  },
  "call without a name": {
    words: {
      openai_chat: chat([{ id: "call_1", type: "function", function: { arguments: "{}" } }]),
    },
  },
  "`function_call`, as of old": {
    words: {
      openai_chat: {
        choices: [{
          message: { content: null, function_call: { name: "get", arguments: `{"a":1}` } },
          finish_reason: "function_call",
        }],
      },
    },
    carried: {
      anthropic_messages: {
        content: [{ type: "tool_use", name: "get", input: { a: 1 } }],
        stop_reason: "tool_use",
      },
    },
  },
} satisfies Features;
