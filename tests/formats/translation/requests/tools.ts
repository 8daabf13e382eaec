/** Tools that a model may call, and whether it must. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";
import { anyOf } from "../pattern.ts";

const PARAMETERS = { type: "object", properties: { a: { type: "number" } } };

const chatTool = { type: "function", function: { name: "get", parameters: PARAMETERS } };
const tool = { name: "get", input_schema: PARAMETERS };

/** A request with one tool and a word on whether to call it. */
const chosen = (chatChoice: JsonValue, choice: JsonObject) => ({
  words: {
    openai_chat: { tools: [chatTool], tool_choice: chatChoice },
    anthropic_messages: { tools: [tool], tool_choice: choice },
  },
});

export const TOOLS = {
  "tool": {
    words: {
      openai_chat: {
        tools: [{
          type: "function",
          function: { name: "get", description: "Gets", parameters: PARAMETERS },
        }],
      },
      anthropic_messages: {
        tools: [{ name: "get", description: "Gets", input_schema: PARAMETERS }],
      },
    },
  },
  "tool without parameters": {
    words: {
      openai_chat: { tools: [{ type: "function", function: { name: "now" } }] },
      anthropic_messages: { tools: [{ name: "now", input_schema: { type: "object" } }] },
    },
  },
  "`strict` tool": {
    words: {
      openai_chat: {
        tools: [{
          type: "function",
          function: { name: "get", parameters: PARAMETERS, strict: true },
        }],
      },
      anthropic_messages: { tools: [{ ...tool, strict: true }] },
    },
  },
  "tool that takes a text (`custom`)": {
    words: {
      openai_chat: {
        tools: [{ type: "custom", custom: { name: "patch", description: "Patches" } }],
      },
    },
    approximated: {
      anthropic_messages: {
        "its input is the field `input`": {
          tools: [{
            name: "patch",
            description: "Patches",
            input_schema: { type: "object", properties: { input: { type: "string" } } },
          }],
        },
      },
    },
  },
  "grammar of a `custom` tool": {
    words: {
      openai_chat: {
        tools: [{
          type: "custom",
          custom: {
            name: "patch",
            format: {
              type: "grammar",
              grammar: { syntax: "lark", definition: "start: WORD" },
            },
          },
        }],
      },
    },
    approximated: {
      anthropic_messages: { "in its description": { tools: [{ description: /start: WORD/ }] } },
    },
  },
  "tool of a kind that its provider runs": {
    words: {
      openai_chat: {
        tools: [{ type: "web_search", web_search: { scope: onlyOf("openai_chat") } }],
      },
      anthropic_messages: {
        tools: [{
          type: "web_search_20250305",
          name: "web_search",
          user_location: { city: onlyOf("anthropic_messages") },
        }],
      },
    },
  },
  "`web_search_options`": {
    words: {
      openai_chat: { web_search_options: { search_context_size: onlyOf("openai_chat") } },
    },
  },
  "field of a tool that nobody else knows": {
    words: {
      openai_chat: {
        tools: [{
          type: "function",
          function: { name: "get", parameters: PARAMETERS, hologram: onlyOf("openai_chat") },
        }],
      },
      anthropic_messages: {
        tools: [{ ...tool, defer_loading: true, allowed_callers: [onlyOf("anthropic_messages")] }],
      },
    },
  },
  "`functions`, as of old": {
    words: {
      openai_chat: {
        functions: [{ name: "get", parameters: PARAMETERS }],
        function_call: "auto",
      },
    },
    carried: {
      anthropic_messages: { tools: [tool] },
    },
    approximated: { openai_chat: { "as `tools`": { tools: [chatTool], tool_choice: "auto" } } },
  },
  "choice `none`": chosen("none", { type: "none" }),
  "choice `auto`": chosen("auto", { type: "auto" }),
  "choice: any tool": chosen("required", { type: "any" }),
  "choice: one tool": chosen(
    { type: "function", function: { name: "get" } },
    { type: "tool", name: "get" },
  ),
  "choice: some tools": {
    words: {
      openai_chat: {
        tools: [chatTool, { type: "function", function: { name: "now" } }],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: {
            mode: "required",
            tools: [{ type: "function", function: { name: "get" } }],
          },
        },
      },
    },
    approximated: {
      anthropic_messages: {
        "the other tools are left out": { tools: [tool], tool_choice: { type: "any" } },
      },
    },
  },
  "no calls in parallel": {
    words: {
      openai_chat: { tools: [chatTool], parallel_tool_calls: false },
      anthropic_messages: {
        tools: [tool],
        tool_choice: { type: "auto", disable_parallel_tool_use: true },
      },
    },
  },
  "calls in parallel asked for": {
    words: {
      openai_chat: { tools: [chatTool], parallel_tool_calls: true },
      anthropic_messages: {
        tools: [tool],
        tool_choice: { type: "auto", disable_parallel_tool_use: false },
      },
    },
    approximated: {
      anthropic_messages: {
        "what the API does by itself": {
          tools: [tool],
          tool_choice: anyOf(null, { disable_parallel_tool_use: null }),
        },
      },
      openai_chat: { "what the API does by itself": { parallel_tool_calls: null } },
    },
  },
} satisfies Features;
