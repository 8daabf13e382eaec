/** Tools and their calls, in the words of Responses. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { onlyOf } from "../feature.ts";
import { anyOf } from "../pattern.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "./overlay.ts";

const PARAMETERS = { type: "object", properties: { a: { type: "number" } } };
const TEXT_INPUT = { type: "object", properties: { input: { type: "string" } } };

const tool = { type: "function", name: "get", parameters: PARAMETERS };
const chatTool = { type: "function", function: { name: "get", parameters: PARAMETERS } };

const chosen = (choice: JsonValue): Overlay => ({ words: { tools: [tool], tool_choice: choice } });

export const RESPONSES_TOOLS: Overlays<keyof typeof TOOLS> = {
  "tool": { words: { tools: [{ ...tool, description: "Gets" }] } },
  "tool without parameters": { words: { tools: [{ type: "function", name: "now" }] } },
  "`strict` tool": { words: { tools: [{ ...tool, strict: true }] } },
  "tool that takes a text (`custom`)": {
    words: { tools: [{ type: "custom", name: "patch", description: "Patches" }] },
    elsewhere: {
      openai_chat: {
        "its input is the field `input`": {
          tools: [{
            type: "function",
            function: { name: "patch", description: "Patches", parameters: TEXT_INPUT },
          }],
        },
      },
    },
  },
  "grammar of a `custom` tool": {
    words: {
      tools: [{
        type: "custom",
        name: "patch",
        format: { type: "grammar", syntax: "lark", definition: "start: WORD" },
      }],
    },
    elsewhere: {
      openai_chat: {
        "in its description": { tools: [{ function: { description: /start: WORD/ } }] },
      },
    },
  },
  "tool of a kind that its provider runs": {
    words: { tools: [{ type: "web_search", filters: { of: onlyOf("openai_responses") } }] },
  },
  "field of a tool that nobody else knows": {
    words: { tools: [{ ...tool, output_schema: { title: onlyOf("openai_responses") } }] },
  },
  "choice `none`": chosen("none"),
  "choice `auto`": chosen("auto"),
  "choice: any tool": chosen("required"),
  "choice: one tool": chosen({ type: "function", name: "get" }),
  "choice: some tools": {
    words: {
      tools: [tool, { type: "function", name: "now" }],
      tool_choice: {
        type: "allowed_tools",
        mode: "required",
        tools: [{ type: "function", name: "get" }],
      },
    },
    near: { "the other tools are left out": { tools: [tool], tool_choice: "required" } },
    elsewhere: {
      openai_chat: {
        "the other tools are left out": { tools: [chatTool], tool_choice: "required" },
      },
    },
  },
  "no calls in parallel": { words: { tools: [tool], parallel_tool_calls: false } },
  "calls in parallel asked for": {
    words: { tools: [tool], parallel_tool_calls: true },
    near: { "what the API does by itself": { parallel_tool_calls: null } },
  },
};

const user = { role: "user", content: "Hi" };
const said = { role: "assistant", content: "Looking" };
const call = (id: string, text: string) => ({
  type: "function_call",
  call_id: id,
  name: "get",
  arguments: text,
});
const result = (id: string, output: JsonValue) => ({
  type: "function_call_output",
  call_id: id,
  output,
});
const turns = (...items: readonly JsonObject[]) => ({ input: [user, ...items] });

const CALL = call("call_1", `{"a":1}`);
/** What a call holds is not the matter of every feature. */
const NAMED_CALL = { type: "function_call", call_id: "call_1", name: "get" };
const SEEN = result("call_1", "seen");

export const RESPONSES_TOOL_CALLS: Overlays<keyof typeof TOOL_CALLS> = {
  "call and its result": { words: turns(CALL, SEEN) },
  "a text before the call": { words: turns(said, CALL, SEEN) },
  "a text behind the call": { words: turns(CALL, said, SEEN) },
  "call without arguments": {
    words: turns(call("call_1", ""), SEEN),
    carried: { input: [user, anyOf(call("call_1", ""), call("call_1", "{}")), SEEN] },
  },
  "arguments that are no JSON": { words: turns(call("call_1", `{"a":`), SEEN) },
  "calls in parallel": {
    words: turns(CALL, call("call_2", `{"a":2}`), SEEN, result("call_2", "heard")),
  },
  "call of a `custom` tool": {
    words: turns(
      { type: "custom_tool_call", call_id: "call_1", name: "patch", input: "*** Begin" },
      { type: "custom_tool_call_output", call_id: "call_1", output: "done" },
    ),
    elsewhere: {
      openai_chat: {
        "its input as the field `input`": {
          messages: [
            user,
            {
              role: "assistant",
              tool_calls: [{
                type: "function",
                function: { name: "patch", arguments: `{"input":"*** Begin"}` },
              }],
            },
            { role: "tool", content: "done" },
          ],
        },
      },
    },
  },
  "ids that not everyone allows": {
    words: turns(call("a.b:1", `{"a":1}`), result("a.b:1", "seen")),
  },
  "result of several texts": {
    words: turns(
      CALL,
      result("call_1", [{ type: "input_text", text: "seen" }, {
        type: "input_text",
        text: "heard",
      }]),
    ),
    near: {
      "as one text": {
        input: [user, CALL, { type: "function_call_output", output: /^seen\s*heard$/ }],
      },
    },
  },
  "result that is empty": { words: turns(CALL, result("call_1", "")) },
  "result that is an error": {
    near: { "its text says so": { input: [user, CALL, { output: /error[^]*not found/i }] } },
  },
  "result with an image": {
    words: turns(
      CALL,
      result("call_1", [
        { type: "input_text", text: "seen" },
        { type: "input_image", image_url: "data:image/png;base64,AA==" },
      ]),
    ),
  },
  "result that names tools it found": {
    near: { "their names as text": { input: [user, NAMED_CALL, { output: "now" }] } },
  },
  "what a provider's own tool did": {
    words: turns({
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: onlyOf("openai_responses") },
    }, { role: "assistant", content: "Found" }),
  },
};
