/** What is found in Gemini's requests where something near it, or the same in other words, has arrived. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { Pattern } from "../pattern.ts";
import type { CACHE } from "../requests/cache.ts";
import type { MEDIA } from "../requests/media.ts";
import type { MESSAGES } from "../requests/messages.ts";
import type { REASONING } from "../requests/reasoning.ts";
import type { SETTINGS } from "../requests/settings.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

type Title = keyof (
  & typeof CACHE
  & typeof MEDIA
  & typeof MESSAGES
  & typeof REASONING
  & typeof SETTINGS
  & typeof TOOL_CALLS
  & typeof TOOLS
);

const user = (...parts: readonly Pattern[]): Pattern => ({ role: "user", parts });
const model = (...parts: readonly Pattern[]): Pattern => ({ role: "model", parts });
const text = (words: string | RegExp): Pattern => ({ text: words });

const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const contents = (...all: readonly Pattern[]): Pattern => ({ contents: all });

const REMINDER = near(
  "in its place, as a `<system-reminder>` of the user's",
  contents(
    user(text("Hi")),
    model(text("Hello")),
    user(text("<system-reminder>\nBe brief\n</system-reminder>"), text("Well?")),
  ),
);
const BY_ITSELF = "what the API does by itself";

const PROMPT = { systemInstruction: { parts: [{ text: "Be brief" }] } };

const inline = (mimeType: string, data: string): Pattern =>
  contents(user({ inlineData: { mimeType, data, displayName: null } }));

const FUNCTION = { name: "get" };
const declared = (declaration: Pattern, mode?: string): Pattern => ({
  tools: [{ functionDeclarations: [declaration] }],
  ...(mode !== undefined && { toolConfig: { functionCallingConfig: { mode } } }),
});
const TEXT_INPUT = { type: "object", properties: { input: { type: "string" } } };

const call = (fields: JsonObject): Pattern => ({ functionCall: fields });
const turns = (made: JsonObject, response: Pattern, id = "call_1"): Pattern =>
  contents(
    user(text("Hi")),
    model(call({ id, ...made })),
    user({ functionResponse: { id, response } }),
  );
const GET: JsonObject = { name: "get", args: { a: 1 } };

const thinking = (thinkingConfig: Pattern, rest: Readonly<Record<string, Pattern>> = {}) => ({
  generationConfig: { ...rest, thinkingConfig },
});
/** Its level, in capitals or not. */
const level = (word: RegExp): Overlay => ({ carried: thinking({ thinkingLevel: word }) });
const AS_LEVEL = near("as a level", thinking({ thinkingLevel: "low", includeThoughts: true }));
const HIDDEN = { thinkingLevel: "high", includeThoughts: false };

export const GEMINI_NEAR: Overlays<Title> = {
  "system message in the middle": REMINDER,
  "system message in the middle, older Claude": REMINDER,
  "role `developer`": near("as the system prompt", PROMPT),
  "two messages of one role in a row": near(
    "as one turn: they go by turns",
    contents(user(text("Hi"), text("Well?"))),
  ),
  "an earlier refusal": near(
    "as a text",
    contents(user(text("Hi")), model(text("I will not")), user(text("Well?"))),
  ),
  "the billing note of Claude Code": near("not passed on: it is no instruction", PROMPT),
  "PDF inline": near("without its name", inline("application/pdf", "AA==")),
  "document of plain text": {
    near: {
      "without its name": inline("text/plain", "d29yZHM="),
      "as a text, with its title": contents(user(text("a.txt\nwords"))),
    },
  },
  "document of another type": near("without its name", inline("application/zip", "AA==")),
  "results of a search as a part": near(
    "as a text, with its title",
    contents(user(text(/Weirs[^]*words/))),
  ),
  "tool that takes a text (`custom`)": near(
    "its input is the field `input`",
    declared({ name: "patch", description: "Patches", parametersJsonSchema: TEXT_INPUT }),
  ),
  "grammar of a `custom` tool": near(
    "in its description",
    declared({ name: "patch", description: /start: WORD/ }),
  ),
  "choice: some tools": near("the other tools are left out", declared(FUNCTION, "ANY")),
  "calls in parallel asked for": near(BY_ITSELF, declared(FUNCTION)),
  "arguments that are no JSON": near(
    "as the field `input`",
    turns({ name: "get", args: { input: `{"a":` } }, { output: "seen" }),
  ),
  "call of a `custom` tool": near(
    "its input as the field `input`",
    turns({ name: "patch", args: { input: "*** Begin" } }, { output: "done" }),
  ),
  "ids that not everyone allows": { carried: turns(GET, { output: "seen" }, "a.b:1") },
  "result of several texts": near("as one text", turns(GET, { output: /^seen\s*heard$/ })),
  "result that is empty": { carried: turns(GET, { output: "" }) },
  "result that names tools it found": near(
    "their names as text",
    turns({ name: "get" }, { output: "now" }),
  ),
  "an effort": level(/^high$/i),
  "an effort, older Claude": level(/^low$/i),
  "an effort that the model has no word for": level(/^minimal$/i),
  "an effort, a Claude that does not reason": level(/^high$/i),
  "an effort that a message sets": near(
    "for the whole answer",
    thinking({ thinkingLevel: "low" }),
  ),
  "a number of tokens to reason with": AS_LEVEL,
  "a number of tokens to reason with, newest Claude": AS_LEVEL,
  "as much reasoning as the model wants": near(
    BY_ITSELF,
    thinking({ thinkingLevel: null, includeThoughts: true }),
  ),
  "no reasoning": near("as little as the model lets it", thinking({ thinkingLevel: "minimal" })),
  "reasoning that is not shown": { carried: thinking(HIDDEN) },
  "reasoning that is not shown, older Claude": near(
    "not shown, and as a level",
    thinking({ thinkingLevel: "low", includeThoughts: false }),
  ),
  "an effort where a tool must be called": {
    carried: {
      ...thinking({ thinkingLevel: "high" }),
      ...{ toolConfig: { functionCallingConfig: { mode: "ANY" } } },
    },
  },
  "stop sequence of nothing but space": {
    carried: { generationConfig: { stopSequences: ["\n\n"] } },
  },
  "`temperature` while the model reasons": {
    carried: thinking({ thinkingLevel: "low" }, { temperature: 0.5 }),
  },
  "`n` of 1": near(BY_ITSELF, { generationConfig: null }),
  "answer as text": near(BY_ITSELF, { generationConfig: null }),
  "name, description and `strict` of a schema": near(
    "the schema alone, which is always kept to",
    { generationConfig: { responseJsonSchema: { type: "object" } } },
  ),
  "a stream": near("in the address", { stream: null }),
  "`stream_options`": near("Weir itself does as they say", { stream_options: null }),
};
