/** What can be said in a request, in the words of Ollama. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { CACHE } from "../requests/cache.ts";
import type { MEDIA } from "../requests/media.ts";
import type { MESSAGES } from "../requests/messages.ts";
import type { REASONING } from "../requests/reasoning.ts";
import type { SETTINGS } from "../requests/settings.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("ollama");

const user = (content: string): JsonObject => ({ role: "user", content });
const assistant = (content: string): JsonObject => ({ role: "assistant", content });
const system = (content: string): JsonObject => ({ role: "system", content });

const said = (...messages: readonly JsonObject[]): Overlay => ({ words: { messages } });
const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const LATER = said(user("Hi"), assistant("Hello"), system("Be brief"), user("Well?"));

export const OLLAMA_MESSAGES: Overlays<keyof typeof MESSAGES> = {
  "a conversation": said(user("Hi"), assistant("Hello"), user("Well?")),
  "system prompt": said(system("Be brief"), user("Hi")),
  "system prompt of several texts": {
    ...said(system("Be brief"), system("Be kind"), user("Hi")),
    carried: {
      messages: anyOf(
        [system("Be brief"), system("Be kind"), user("Hi")],
        [{ role: "system", content: /^Be brief\n+Be kind$/ }, user("Hi")],
      ),
    },
  },
  "system message in the middle": LATER,
  "system message in the middle, older Claude": LATER,
  "role `developer`": near("as `system`", { messages: [system("Be brief"), user("Hi")] }),
  // The templates of some models know roles of their own.
  "role of the client's own": {
    carried: { messages: [{ role: "narrator", content: "Night falls" }] },
  },
  "two messages of one role in a row": said(user("Hi"), user("Well?")),
  "several texts in a message": near("joined by a line end", { messages: [user("Hi\nWell?")] }),
  "an answer begun for the model": said(user("Hi"), assistant("The answer is")),
  "an earlier refusal": near("as a text", {
    messages: [user("Hi"), assistant("I will not"), user("Well?")],
  }),
  "field of a message that nobody else knows": said({ ...user("Hi"), hologram: ONLY }),
  "the billing note of Claude Code": near("not passed on: it is no instruction", {
    messages: [system("Be brief"), user("Hi")],
  }),
};

const asText = (words: RegExp): Pattern => ({ messages: [{ role: "user", content: words }] });

export const OLLAMA_MEDIA: Overlays<keyof typeof MEDIA> = {
  "image inline": { carried: { messages: [{ role: "user", images: ["AA=="] }] } },
  "document of plain text": near("as a text, with its title", asText(/a\.txt[^]*words/)),
  "results of a search as a part": near("as a text", asText(/Weirs[^]*words/)),
};

export const OLLAMA_CACHE: Overlays<keyof typeof CACHE> = {};

const PARAMETERS = { type: "object", properties: { a: { type: "number" } } };
const TEXT_INPUT = { type: "object", properties: { input: { type: "string" } } };
const GET = { name: "get", parameters: PARAMETERS };

const tools = (...functions: readonly JsonObject[]): JsonObject => ({
  tools: functions.map((one) => ({ type: "function", function: one })),
});

export const OLLAMA_TOOLS: Overlays<keyof typeof TOOLS> = {
  "tool": { words: tools({ ...GET, description: "Gets" }) },
  "tool without parameters": { words: tools({ name: "now" }) },
  "tool that takes a text (`custom`)": near(
    "its input is the field `input`",
    tools({ name: "patch", description: "Patches", parameters: TEXT_INPUT }),
  ),
  "grammar of a `custom` tool": near("in its description", {
    tools: [{ function: { description: /start: WORD/ } }],
  }),
  "field of a tool that nobody else knows": { words: tools({ ...GET, hologram: ONLY }) },
  "`functions`, as of old": { carried: tools(GET) },
  "choice `none`": near("the tools are left out", { tools: null }),
  "choice `auto`": { carried: { ...tools(GET), tool_choice: null } },
  "choice: any tool": near("the tools, of which the model may call none", tools(GET)),
  "choice: one tool": near("that tool alone, which the model need not call", tools(GET)),
  "choice: some tools": near("those tools alone, of which the model may call none", tools(GET)),
  "calls in parallel asked for": near("what the API does by itself", {
    parallel_tool_calls: null,
  }),
};

const call = (id: string, name: string, input: Pattern, index = 0) => ({
  id,
  function: { index, name, arguments: input },
});
const result = (id: string, content: string, name = "get"): JsonObject => ({
  role: "tool",
  tool_name: name,
  tool_call_id: id,
  content,
});
const CALL: JsonObject = {
  id: "call_1",
  function: { index: 0, name: "get", arguments: { a: 1 } },
};
const CALL_2: JsonObject = {
  id: "call_2",
  function: { index: 1, name: "get", arguments: { a: 2 } },
};
const EMPTY_CALL: JsonObject = {
  id: "call_1",
  function: { index: 0, name: "get", arguments: {} },
};
const SEEN = result("call_1", "seen");

const turns = (made: JsonObject, ...results: readonly JsonObject[]): JsonObject => ({
  messages: [user("Hi"), made, ...results],
});
const made = (content: string, ...calls: readonly JsonObject[]): JsonObject => ({
  role: "assistant",
  content,
  tool_calls: calls,
});
const madeNear = (one: Pattern, answer: Pattern): Pattern => ({
  messages: [user("Hi"), { role: "assistant", tool_calls: [one] }, answer],
});

export const OLLAMA_TOOL_CALLS: Overlays<keyof typeof TOOL_CALLS> = {
  "call and its result": { words: turns(made("", CALL), SEEN) },
  "a text before the call": { words: turns(made("Looking", CALL), SEEN) },
  "a text behind the call": near("before the call", turns(made("Looking", CALL), SEEN)),
  "call without arguments": { words: turns(made("", EMPTY_CALL), SEEN) },
  "arguments that are no JSON": near(
    "as the field `input`",
    madeNear(call("call_1", "get", { input: `{"a":` }), SEEN),
  ),
  "calls in parallel": {
    words: turns(made("", CALL, CALL_2), SEEN, result("call_2", "heard")),
  },
  "call of a `custom` tool": near(
    "its input as the field `input`",
    madeNear(call("call_1", "patch", { input: "*** Begin" }), result("call_1", "done", "patch")),
  ),
  "`function_call`, as of old": {
    carried: madeNear({ function: { name: "get", arguments: { a: 1 } } }, {
      role: "tool",
      content: "seen",
    }),
  },
  "ids that not everyone allows": {
    carried: madeNear(call("a.b:1", "get", { a: 1 }), result("a.b:1", "seen")),
  },
  "result of several texts": near(
    "joined by a line end",
    madeNear(CALL, result("call_1", "seen\nheard")),
  ),
  "result that is empty": { words: turns(made("", CALL), result("call_1", "")) },
  "result that is an error": near(
    "its text says so",
    madeNear(CALL, { role: "tool", content: /error[^]*not found/i }),
  ),
  "result with an image": { carried: madeNear(CALL, { ...SEEN, images: ["AA=="] }) },
  "result that names tools it found": near(
    "their names as text",
    madeNear(CALL, result("call_1", "now")),
  ),
};

const afterThought = (thinking: string): JsonObject => ({
  messages: [user("Hi"), { ...assistant("Hello"), thinking }, user("Well?")],
});

export const OLLAMA_REASONING: Overlays<keyof typeof REASONING> = {
  "an effort": { words: { think: "high" } },
  "an effort, older Claude": { words: { think: "low" } },
  "an effort, a Claude that does not reason": { words: { think: "high" } },
  "as much reasoning as the model wants": {
    words: { think: true },
    ...near("as the model does by itself", { think: null }),
  },
  "no reasoning": { words: { think: false } },
  "earlier reasoning, signed by Anthropic": near(
    "its text without the signature",
    afterThought("Hm"),
  ),
  "earlier reasoning, signed by somebody else": near(
    "its text without the signature",
    afterThought("Hm"),
  ),
  "earlier reasoning without a signature": { words: afterThought("Hm") },
};

const SCHEMA = { type: "object", properties: { a: { type: "number" } } };
const options = (fields: JsonObject): Overlay => ({ words: { options: fields } });
const own = (name: string, value: JsonValue): Overlay => ({ words: { [name]: value } });

export const OLLAMA_SETTINGS: Overlays<keyof typeof SETTINGS> = {
  "bound of the output": options({ num_predict: 99 }),
  "bound of the output, as of old": options({ num_predict: 99 }),
  "no bound of the output": {
    ...options({ num_predict: -1 }),
    carried: { options: anyOf(null, { num_predict: null }) },
  },
  "stop sequences": options({ stop: ["END", "STOP"] }),
  "one stop sequence": options({ stop: ["END"] }),
  "stop sequence of nothing but space": options({ stop: ["\n\n"] }),
  "`temperature`": options({ temperature: 0.5 }),
  "`temperature`, newest Claude": options({ temperature: 0.5 }),
  "`temperature` beyond 1": options({ temperature: 1.5 }),
  "`temperature` while the model reasons": {
    words: { think: "low", options: { temperature: 0.5, num_predict: 10_000 } },
    ...near("without the effort", { options: { temperature: 0.5 } }),
  },
  "`top_p`": options({ top_p: 0.9 }),
  "`temperature` and `top_p`": options({ temperature: 0.5, top_p: 0.9 }),
  "`temperature` and `top_p`, oldest Claude": options({ temperature: 0.5, top_p: 0.9 }),
  "`top_k`": options({ top_k: 5 }),
  "`top_k` beyond 8": options({ top_k: 40 }),
  "`seed`": options({ seed: 7 }),
  "`n` of 1": near("what the API does by itself", { n: null }),
  "`logprobs`": own("logprobs", true),
  "`top_logprobs`": { words: { logprobs: true, top_logprobs: 3 } },
  "`frequency_penalty`": options({ frequency_penalty: 0.5 }),
  "`presence_penalty`": options({ presence_penalty: 0.5 }),
  "answer as text": { words: { format: "" }, carried: { format: null } },
  "answer as JSON": own("format", "json"),
  "answer by a schema": own("format", SCHEMA),
  "name, description and `strict` of a schema": near("the schema alone, which is always strict", {
    format: SCHEMA,
  }),
  "answer by a schema, oldest Claude": own("format", SCHEMA),
  "a stream": own("stream", true),
  "`stream_options`": near("Weir itself does as they say", { stream_options: null }),
  "a field that nobody else knows": own("hologram", ONLY),
};
