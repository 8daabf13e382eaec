/** What arrives of a request at Bedrock's Converse, by a model of Amazon's. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";
import type { CACHE } from "../requests/cache.ts";
import type { MEDIA } from "../requests/media.ts";
import type { MESSAGES } from "../requests/messages.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("bedrock_converse");

const user = (...content: readonly Pattern[]): Pattern => ({ role: "user", content });
const model = (...content: readonly Pattern[]): Pattern => ({ role: "assistant", content });
const text = (words: string | RegExp): Pattern => ({ text: words });

const carried = (pattern: Pattern): Overlay => ({ carried: pattern });
const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });
const messages = (...all: readonly Pattern[]): Pattern => ({ messages: all });

const REMINDER = near(
  "in its place, as a `<system-reminder>` of the user's",
  messages(
    user(text("Hi")),
    model(text("Hello")),
    user(text("<system-reminder>\nBe brief\n</system-reminder>"), text("Well?")),
  ),
);
const PROMPT = { system: [{ text: "Be brief" }] };

export const CONVERSE_MESSAGES: Overlays<keyof typeof MESSAGES> = {
  "a conversation": carried(messages(user(text("Hi")), model(text("Hello")), user(text("Well?")))),
  "system prompt": carried(PROMPT),
  "system prompt of several texts": carried({ system: [text("Be brief"), text("Be kind")] }),
  "system message in the middle": REMINDER,
  "system message in the middle, older Claude": REMINDER,
  "role `developer`": near("as the system prompt", PROMPT),
  "two messages of one role in a row": near(
    "as one turn: they go by turns",
    messages(user(text("Hi"), text("Well?"))),
  ),
  "several texts in a message": carried(messages(user(text("Hi"), text("Well?")))),
  "an answer begun for the model": carried(
    messages(user(text("Hi")), model(text("The answer is"))),
  ),
  "an earlier refusal": near(
    "as a text",
    messages(user(text("Hi")), model(text("I will not")), user(text("Well?"))),
  ),
  "the billing note of Claude Code": near("not passed on: it is no instruction", PROMPT),
};

const document = (format: string, name: string, bytes: string | RegExp): Pattern =>
  messages(user({ document: { format, name, source: { bytes } } }));

export const CONVERSE_MEDIA: Overlays<keyof typeof MEDIA> = {
  "image inline": carried(messages(user({ image: { format: "png", source: { bytes: "AA==" } } }))),
  "PDF inline": near("without the signs in its name", document("pdf", "a pdf", "AA==")),
  "PDF inline, without a name": near(
    "with a name by its place",
    document("pdf", "document 0", "AA=="),
  ),
  "document of plain text": near(
    "without the signs in its name",
    document("txt", "a txt", "d29yZHM="),
  ),
  "results of a search as a part": near(
    "as a document of plain text",
    document("txt", "Weirs", /./),
  ),
  "sound": carried(messages(user({ audio: { format: "wav", source: { bytes: "AA==" } } }))),
};

const POINT = { cachePoint: { type: "default" } };
const pointFor = (ttl: string): Overlay =>
  carried(messages(user(text("Hi"), { cachePoint: { type: "default", ttl } })));
const marked = carried(messages(user(text("Hi"), POINT)));

const GET_CALL = { toolUse: { toolUseId: "call_1", name: "get" } };
const SEEN = { toolResult: { toolUseId: "call_1", content: [text("seen")] } };

export const CONVERSE_CACHE: Overlays<keyof typeof CACHE> = {
  "mark on a text, OpenAI's word": marked,
  "mark on a text": marked,
  "mark for five minutes": pointFor("5m"),
  "mark for an hour": pointFor("1h"),
  "mark on the system prompt": carried({ system: [text("Be brief"), POINT] }),
  "mark on a result of a tool": carried(
    messages(user(text("Hi")), model(GET_CALL), user(SEEN, POINT)),
  ),
  "mark on a call of a tool": carried(
    messages(user(text("Hi")), model(GET_CALL, POINT), user(SEEN)),
  ),
};

const PARAMETERS = { type: "object", properties: { a: { type: "number" } } };
const spec = (fields: Pattern): Pattern => ({ toolSpec: fields });
const GET = spec({ name: "get", inputSchema: { json: PARAMETERS } });
const config = (toolChoice: Pattern | undefined, ...tools: readonly Pattern[]): Pattern => ({
  toolConfig: { tools, ...(toolChoice !== undefined && { toolChoice }) },
});
const tool = (fields: Pattern): Pattern => config(undefined, spec(fields));
const TEXT_INPUT = { type: "object", properties: { input: { type: "string" } } };

export const CONVERSE_TOOLS: Overlays<keyof typeof TOOLS> = {
  "tool": carried(tool({ name: "get", description: "Gets", inputSchema: { json: PARAMETERS } })),
  "tool without parameters": carried(
    tool({ name: "now", inputSchema: { json: { type: "object" } } }),
  ),
  "`strict` tool": { words: { toolConfig: { tools: [{ toolSpec: { strict: true } }] } } },
  "tool that takes a text (`custom`)": near(
    "its input is the field `input`",
    tool({ name: "patch", description: "Patches", inputSchema: { json: TEXT_INPUT } }),
  ),
  "grammar of a `custom` tool": near("in its description", tool({ description: /start: WORD/ })),
  "tool of a kind that its provider runs": {
    words: { toolConfig: { tools: [{ systemTool: { name: ONLY } }] } },
  },
  "choice `none`": near("without the tools", { toolConfig: null }),
  "choice `auto`": carried(config({ auto: {} }, GET)),
  "choice: any tool": carried(config({ any: {} }, GET)),
  "choice: one tool": carried(config({ tool: { name: "get" } }, GET)),
  "choice: some tools": near("the other tools are left out", config({ any: {} }, GET)),
  "calls in parallel asked for": near("what the API does by itself", config(undefined, GET)),
};

const call = (input: JsonObject, name = "get", id = "call_1"): Pattern => ({
  toolUse: { toolUseId: id, name, input },
});
const result = (content: Pattern, id = "call_1"): Pattern => ({
  toolResult: { toolUseId: id, content },
});
const turns = (made: readonly Pattern[], ...results: readonly Pattern[]): Pattern =>
  messages(user(text("Hi")), model(...made), user(...results));
const CALL = call({ a: 1 });
const PNG = { image: { format: "png", source: { bytes: "AA==" } } };

export const CONVERSE_TOOL_CALLS: Overlays<keyof typeof TOOL_CALLS> = {
  "call and its result": carried(turns([CALL], SEEN)),
  "a text before the call": carried(turns([text("Looking"), CALL], SEEN)),
  "a text behind the call": carried(turns([CALL, text("Looking")], SEEN)),
  "call without arguments": carried(turns([call({})], SEEN)),
  "arguments that are no JSON": near(
    "as the field `input`",
    turns([call({ input: `{"a":` })], SEEN),
  ),
  "calls in parallel": carried(
    turns([CALL, call({ a: 2 }, "get", "call_2")], SEEN, result([text("heard")], "call_2")),
  ),
  "call of a `custom` tool": near(
    "its input as the field `input`",
    turns([call({ input: "*** Begin" }, "patch")], result([text("done")])),
  ),
  "ids that not everyone allows": near(
    "signs that are not allowed as numbers",
    turns([call({ a: 1 }, "get", "a_2eb_3a1")], result([text("seen")], "a_2eb_3a1")),
  ),
  "result of several texts": carried(turns([CALL], result([text("seen"), text("heard")]))),
  "result that is empty": near("as `(no output)`", turns([CALL], result([text("(no output)")]))),
  "result that is an error": carried(
    turns([CALL], { toolResult: { content: [text("not found")], status: "error" } }),
  ),
  "result with an image": carried(turns([CALL], result([text("seen"), PNG]))),
  "result that names tools it found": near(
    "their names as text",
    turns([anyOf(GET_CALL, CALL)], result([text("now")])),
  ),
};
