/** Calls of tools that were made, and what came of them. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";

const user = { role: "user", content: "Hi" };

const chatCall = (id: string, text: string) => ({
  id,
  type: "function",
  function: { name: "get", arguments: text },
});
const call = (id: string, input: JsonObject) => ({ type: "tool_use", id, name: "get", input });
const chatResult = <Content>(id: string, content: Content) => ({
  role: "tool",
  tool_call_id: id,
  content,
});
const result = <Content>(id: string, content: Content) => ({
  type: "tool_result",
  tool_use_id: id,
  content,
});

/** A conversation with one call and its result. */
const chatTurns = <Call, Result>(made: Call, answer: Result) => ({
  messages: [user, { role: "assistant", tool_calls: [made] }, answer],
});
const turns = <Call, Result>(made: Call, answer: Result) => ({
  messages: [user, { role: "assistant", content: [made] }, { role: "user", content: [answer] }],
});

const CHAT_CALL = chatCall("call_1", `{"a":1}`);
const CALL = call("call_1", { a: 1 });
const PNG = { type: "base64", media_type: "image/png", data: "AA==" };

/** Chat takes no image in a result: what it cannot hold comes with the user's next message. */
const imageBehindResult: Pattern = {
  messages: [
    user,
    { role: "assistant", tool_calls: [CHAT_CALL] },
    chatResult("call_1", /seen/),
    { role: "user", content: [{ type: "text" }, { type: "image_url" }] },
  ],
};

export const TOOL_CALLS = {
  "call and its result": {
    words: {
      openai_chat: chatTurns(CHAT_CALL, chatResult("call_1", "seen")),
      anthropic_messages: turns(CALL, result("call_1", "seen")),
    },
  },
  "a text before the call": {
    words: {
      openai_chat: {
        messages: [
          user,
          { role: "assistant", content: "Looking", tool_calls: [CHAT_CALL] },
          chatResult("call_1", "seen"),
        ],
      },
      anthropic_messages: {
        messages: [
          user,
          { role: "assistant", content: [{ type: "text", text: "Looking" }, CALL] },
          { role: "user", content: [result("call_1", "seen")] },
        ],
      },
    },
  },
  "a text behind the call": {
    words: {
      anthropic_messages: {
        messages: [
          user,
          { role: "assistant", content: [CALL, { type: "text", text: "Looking" }] },
          { role: "user", content: [result("call_1", "seen")] },
        ],
      },
    },
    approximated: {
      openai_chat: {
        "before the call": {
          messages: [
            user,
            { role: "assistant", content: "Looking", tool_calls: [CHAT_CALL] },
            chatResult("call_1", "seen"),
          ],
        },
      },
    },
  },
  "call without arguments": {
    words: {
      openai_chat: chatTurns(chatCall("call_1", ""), chatResult("call_1", "seen")),
      anthropic_messages: turns(call("call_1", {}), result("call_1", "seen")),
    },
    carried: {
      openai_chat: chatTurns(
        anyOf(chatCall("call_1", ""), chatCall("call_1", "{}")),
        chatResult("call_1", "seen"),
      ),
    },
  },
  "arguments that are no JSON": {
    words: {
      openai_chat: chatTurns(chatCall("call_1", `{"a":`), chatResult("call_1", "seen")),
    },
    approximated: {
      anthropic_messages: {
        "as the field `input`": turns(
          call("call_1", { input: `{"a":` }),
          result("call_1", "seen"),
        ),
      },
    },
  },
  "calls in parallel": {
    words: {
      openai_chat: {
        messages: [
          user,
          { role: "assistant", tool_calls: [CHAT_CALL, chatCall("call_2", `{"a":2}`)] },
          chatResult("call_1", "seen"),
          chatResult("call_2", "heard"),
        ],
      },
      anthropic_messages: {
        messages: [
          user,
          { role: "assistant", content: [CALL, call("call_2", { a: 2 })] },
          { role: "user", content: [result("call_1", "seen"), result("call_2", "heard")] },
        ],
      },
    },
  },
  "call of a `custom` tool": {
    words: {
      openai_chat: chatTurns(
        { id: "call_1", type: "custom", custom: { name: "patch", input: "*** Begin" } },
        chatResult("call_1", "done"),
      ),
    },
    approximated: {
      anthropic_messages: {
        "its input as the field `input`": turns(
          { type: "tool_use", name: "patch", input: { input: "*** Begin" } },
          result("call_1", "done"),
        ),
      },
    },
  },
  "`function_call`, as of old": {
    words: {
      openai_chat: {
        messages: [
          user,
          { role: "assistant", function_call: { name: "get", arguments: `{"a":1}` } },
          { role: "function", name: "get", content: "seen" },
        ],
      },
    },
    carried: {
      anthropic_messages: turns(
        { type: "tool_use", name: "get", input: { a: 1 } },
        { type: "tool_result", content: "seen" },
      ),
    },
  },
  "ids that not everyone allows": {
    words: {
      openai_chat: chatTurns(chatCall("a.b:1", `{"a":1}`), chatResult("a.b:1", "seen")),
    },
    approximated: {
      anthropic_messages: {
        "signs that are not allowed as numbers": turns(
          { type: "tool_use", id: "a_2eb_3a1" },
          { type: "tool_result", tool_use_id: "a_2eb_3a1" },
        ),
      },
    },
  },
  "result of several texts": {
    words: {
      openai_chat: chatTurns(CHAT_CALL, chatResult("call_1", texts("seen", "heard"))),
      anthropic_messages: turns(CALL, result("call_1", texts("seen", "heard"))),
    },
    approximated: {
      openai_chat: {
        "as one text": chatTurns(CHAT_CALL, chatResult("call_1", /^seen\s*heard$/)),
      },
    },
  },
  "result that is empty": {
    words: {
      openai_chat: chatTurns(CHAT_CALL, chatResult("call_1", "")),
      anthropic_messages: turns(CALL, { type: "tool_result", tool_use_id: "call_1" }),
    },
    carried: {
      anthropic_messages: turns(CALL, {
        type: "tool_result",
        tool_use_id: "call_1",
        content: null,
      }),
    },
  },
  "result that is an error": {
    words: {
      anthropic_messages: turns(CALL, { ...result("call_1", "not found"), is_error: true }),
    },
    approximated: {
      openai_chat: {
        "its text says so": chatTurns(CHAT_CALL, chatResult("call_1", /error[^]*not found/i)),
      },
    },
  },
  "result with an image": {
    words: {
      anthropic_messages: turns(
        CALL,
        result("call_1", [{ type: "text", text: "seen" }, { type: "image", source: PNG }]),
      ),
      openai_chat: chatTurns(
        CHAT_CALL,
        chatResult("call_1", [
          { type: "text", text: "seen" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ]),
      ),
    },
    approximated: {
      openai_chat: { "the image behind it, as the user's": imageBehindResult },
    },
  },
  "result that names tools it found": {
    words: {
      anthropic_messages: turns(
        CALL,
        result("call_1", [{ type: "tool_reference", tool_name: "now" }]),
      ),
    },
    approximated: {
      openai_chat: { "their names as text": chatTurns(CHAT_CALL, chatResult("call_1", "now")) },
      anthropic_messages: { "their names as text": turns(CALL, result("call_1", "now")) },
    },
  },
  "what a provider's own tool did": {
    words: {
      anthropic_messages: {
        messages: [
          user,
          {
            role: "assistant",
            content: [
              {
                type: "server_tool_use",
                id: "srvtoolu_1",
                name: "web_search",
                input: { query: onlyOf("anthropic_messages") },
              },
              { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
              { type: "text", text: "Found" },
            ],
          },
          user,
        ],
      },
    },
  },
} satisfies Features;

function texts(...words: readonly string[]) {
  return words.map((text) => ({ type: "text", text }));
}
