/** Marks up to which a prompt may be kept. */

import { type Features, onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";

const MARK = { type: "ephemeral" };
const HOUR = { type: "ephemeral", ttl: "1h" };
const FIVE_MINUTES = { type: "ephemeral", ttl: "5m" };

const user = { role: "user", content: "Hi" };
const tool = { name: "get", parameters: { type: "object" } };

/** A text of the user's with something beside it. */
const marked = <Mark>(mark: Mark) => ({
  messages: [{ role: "user", content: [{ type: "text", text: "Hi", ...mark }] }],
});

/** OpenAI's word has no time; OpenRouter's is Anthropic's. */
const markedForChat: Pattern = anyOf(
  marked({ cache_control: MARK }),
  marked({ prompt_cache_breakpoint: { mode: "explicit" } }),
);

const call = { type: "tool_use", id: "call_1", name: "get", input: {} };
const chatCall = { id: "call_1", type: "function", function: { name: "get", arguments: "{}" } };

export const CACHE = {
  "mark on a text, OpenAI's word": {
    words: {
      openai_chat: marked({ prompt_cache_breakpoint: { mode: "explicit" } }),
    },
    carried: {
      openai_chat: markedForChat,
      anthropic_messages: marked({ cache_control: MARK }),
    },
  },
  "mark on a text": {
    words: {
      openai_chat: marked({ cache_control: MARK }),
      anthropic_messages: marked({ cache_control: MARK }),
    },
    carried: { openai_chat: markedForChat },
  },
  "mark for five minutes": {
    words: {
      openai_chat: marked({ cache_control: FIVE_MINUTES }),
      anthropic_messages: marked({ cache_control: FIVE_MINUTES }),
    },
    approximated: { openai_chat: { "for the provider's own time": markedForChat } },
  },
  "mark for an hour": {
    words: {
      openai_chat: marked({ cache_control: HOUR }),
      anthropic_messages: marked({ cache_control: HOUR }),
    },
    approximated: { openai_chat: { "for the provider's own time": markedForChat } },
  },
  "mark on the system prompt": {
    words: {
      openai_chat: {
        messages: [
          { role: "system", content: [{ type: "text", text: "Be brief", cache_control: MARK }] },
          user,
        ],
      },
      anthropic_messages: { system: [{ type: "text", text: "Be brief", cache_control: MARK }] },
    },
    carried: {
      openai_chat: {
        messages: [
          {
            role: "system",
            content: [
              anyOf({ text: "Be brief", cache_control: MARK }, {
                text: "Be brief",
                prompt_cache_breakpoint: { mode: "explicit" },
              }),
            ],
          },
          user,
        ],
      },
    },
  },
  "mark on a tool": {
    words: {
      openai_chat: {
        tools: [{ type: "function", function: tool, cache_control: MARK }],
      },
      anthropic_messages: {
        tools: [{ name: "get", input_schema: { type: "object" }, cache_control: MARK }],
      },
    },
    carried: {
      openai_chat: {
        tools: [
          anyOf({ function: tool, cache_control: MARK }, {
            function: { ...tool, cache_control: MARK },
          }),
        ],
      },
    },
  },
  "mark on a result of a tool": {
    words: {
      openai_chat: {
        messages: [
          user,
          { role: "assistant", tool_calls: [chatCall] },
          {
            role: "tool",
            tool_call_id: "call_1",
            content: [{ type: "text", text: "seen", cache_control: MARK }],
          },
        ],
      },
      anthropic_messages: {
        messages: [
          user,
          { role: "assistant", content: [call] },
          {
            role: "user",
            content: [{
              type: "tool_result",
              tool_use_id: "call_1",
              content: "seen",
              cache_control: MARK,
            }],
          },
        ],
      },
    },
    carried: {
      anthropic_messages: {
        messages: [user, { role: "assistant" }, {
          content: [
            anyOf({ cache_control: MARK }, { content: [{ text: "seen", cache_control: MARK }] }),
          ],
        }],
      },
    },
  },
  "mark on a call of a tool": {
    words: {
      anthropic_messages: {
        messages: [
          user,
          { role: "assistant", content: [{ ...call, cache_control: MARK }] },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: "call_1", content: "seen" }],
          },
        ],
      },
    },
  },
  "mark on the whole request": {
    words: {
      openai_chat: { cache_control: { ...MARK, scope: onlyOf("openai_chat") } },
      anthropic_messages: { cache_control: { ...MARK, scope: onlyOf("anthropic_messages") } },
    },
  },
  "`prompt_cache_key`": {
    words: { openai_chat: { prompt_cache_key: onlyOf("openai_chat") } },
  },
} satisfies Features;
