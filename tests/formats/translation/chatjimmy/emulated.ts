/** What chatjimmy is told of tools: it has no word for them, so they stand in its prompt and in texts. */

import type { CALLS } from "../answers/tools.ts";
import type { Pattern } from "../pattern.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const prompt = (systemPrompt: RegExp | string): Pattern => ({ chatOptions: { systemPrompt } });
const told = (words: RegExp): Overlay => near("told in the prompt", prompt(words));

const turns = (call: RegExp, result: RegExp): Pattern => ({
  messages: [
    { role: "user", content: "Hi" },
    { role: "assistant", content: call },
    { role: "user", content: result },
  ],
});
const asText = (call: RegExp, result = SEEN, how = "as text"): Overlay =>
  near(how, turns(call, result));

const CALL = /^<tool_call>\{"name":"get","arguments":\{"a":1\}\}<\/tool_call>$/;
const SEEN = /^<tool_response name="get">\nseen\n<\/tool_response>$/;

const WRITTEN = `<tool_call>{"name":"get","arguments":{"a":1}}</tool_call>`;

/** A call is read of what it writes; the format itself has no ids. */
export const CHATJIMMY_CALLS: Overlays<keyof typeof CALLS> = {
  "call without an id": {
    words: { text: WRITTEN, stats: { done_reason: "stop", decode_tokens: 1, prefill_tokens: 1 } },
  },
};

export const CHATJIMMY_EMULATED: Overlays<keyof typeof TOOLS | keyof typeof TOOL_CALLS> = {
  "tool": told(/- get \{"a"\?: number\}: Gets$/),
  "tool without parameters": told(/- now \{\}$/),
  "tool that takes a text (`custom`)": told(/- patch \{"input": string\}: Patches$/),
  "grammar of a `custom` tool": told(/- patch [^]*must follow this grammar [^]*start: WORD$/),
  "choice `none`": near("without the tools", prompt("")),
  "choice `auto`": told(/Call a tool only where you need it[^]*- get /),
  "choice: any tool": told(/You must call a tool now[^]*- get /),
  "choice: one tool": told(/You must call the tool get now[^]*- get /),
  "choice: some tools": near(
    "the other tools are left out",
    prompt(/You must call a tool now[^]*\n- get [^\n]*$/),
  ),
  "no calls in parallel": told(/Call one tool at a time/),
  "calls in parallel asked for": told(/To call several at once/),
  "call and its result": asText(CALL),
  "a text before the call": asText(/^Looking\n<tool_call>.*<\/tool_call>$/),
  "a text behind the call": asText(/^<tool_call>.*<\/tool_call>\nLooking$/),
  "call without arguments": asText(/"arguments":\{\}/),
  "arguments that are no JSON": asText(/"arguments":"\{\\"a\\":"\}/),
  "calls in parallel": asText(
    /^<tool_call>.*"a":1.*\n<tool_call>.*"a":2.*$/,
    /^<tool_response [^]*seen[^]*\n<tool_response [^]*heard/,
  ),
  "call of a `custom` tool": asText(
    /"name":"patch","arguments":\{"input":"\*\*\* Begin"\}/,
    /<tool_response name="patch">\ndone/,
  ),
  "ids that not everyone allows": asText(CALL, SEEN, "as text, without ids"),
  "result of several texts": asText(CALL, /\nseen\nheard\n/),
  "result that is empty": asText(CALL, /^<tool_response name="get">\s+<\/tool_response>$/),
  "result that is an error": asText(CALL, /^<tool_response name="get" error>\nnot found\n/),
  "result with an image": asText(CALL, SEEN, "as text, without the image"),
  "result that names tools it found": asText(
    /"name":"get"/,
    /\nnow\n/,
    "their names as text",
  ),
};
