/** What can be said in a request, in the words of Gemini. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";
import type { CACHE } from "../requests/cache.ts";
import type { MEDIA } from "../requests/media.ts";
import type { MESSAGES } from "../requests/messages.ts";
import type { REASONING } from "../requests/reasoning.ts";
import type { SETTINGS } from "../requests/settings.ts";
import type { TOOL_CALLS } from "../requests/tool_calls.ts";
import type { TOOLS } from "../requests/tools.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("gemini");

const user = (...parts: readonly JsonObject[]): JsonObject => ({ role: "user", parts });
const model = (...parts: readonly JsonObject[]): JsonObject => ({ role: "model", parts });
const text = (words: string): JsonObject => ({ text: words });

const said = (...contents: readonly JsonObject[]): Overlay => ({ words: { contents } });
const asked = (...parts: readonly JsonObject[]): Overlay => said(user(...parts));
const config = (generationConfig: JsonObject): Overlay => ({ words: { generationConfig } });

export const GEMINI_MESSAGES: Overlays<keyof typeof MESSAGES> = {
  "a conversation": said(user(text("Hi")), model(text("Hello")), user(text("Well?"))),
  "system prompt": { words: { systemInstruction: { parts: [text("Be brief")] } } },
  "system prompt of several texts": {
    words: { systemInstruction: { parts: [text("Be brief"), text("Be kind")] } },
  },
  "two messages of one role in a row": said(user(text("Hi")), user(text("Well?"))),
  "several texts in a message": asked(text("Hi"), text("Well?")),
  "an answer begun for the model": said(user(text("Hi")), model(text("The answer is"))),
  "field of a message that nobody else knows": said({ ...user(text("Hi")), hologram: ONLY }),
};

const inline = (mimeType: string, data: string, rest: JsonObject = {}): Overlay =>
  asked({ inlineData: { mimeType, data, ...rest } });
const file = (mimeType: string, fileUri: string): Overlay =>
  asked({ fileData: { mimeType, fileUri } });

const PNG = "https://example.com/a.png";

export const GEMINI_MEDIA: Overlays<keyof typeof MEDIA> = {
  "image by address": file("image/png", PNG),
  "image inline": inline("image/png", "AA=="),
  "image by the id of a file": file("image/png", `files/${ONLY}`),
  "PDF inline": inline("application/pdf", "AA==", { displayName: "a.pdf" }),
  "PDF inline, without a name": inline("application/pdf", "AA=="),
  "PDF by address": file("application/pdf", "https://example.com/a.pdf"),
  "document of plain text": inline("text/plain", "d29yZHM=", { displayName: "a.txt" }),
  "document of another type": inline("application/zip", "AA==", { displayName: "a.zip" }),
  "document by the id of a file": file("application/pdf", `files/${ONLY}`),
  "sound": inline("audio/wav", "AA=="),
  "video": file("video/mp4", "https://example.com/a.mp4"),
  "an image and a text": asked(text("What is it?"), {
    fileData: { mimeType: "image/png", fileUri: PNG },
  }),
  "part of a kind that nobody else knows": asked(text("Hi"), { hologram: ONLY }),
  "field of a part that nobody else knows": asked({ text: "Hi", hologram: ONLY }),
};

export const GEMINI_CACHE: Overlays<keyof typeof CACHE> = {};

const PARAMETERS = { type: "object", properties: { a: { type: "number" } } };
const GET = { name: "get", parametersJsonSchema: PARAMETERS };

const tools = (...functionDeclarations: readonly JsonObject[]): JsonObject => ({
  tools: [{ functionDeclarations }],
});
const chosen = (functionCallingConfig: JsonObject, ...others: readonly JsonObject[]): Overlay => ({
  words: { ...tools(GET, ...others), toolConfig: { functionCallingConfig } },
});

export const GEMINI_TOOLS: Overlays<keyof typeof TOOLS> = {
  "tool": { words: tools({ ...GET, description: "Gets" }) },
  "tool without parameters": { words: tools({ name: "now" }) },
  "tool of a kind that its provider runs": {
    words: { tools: [{ googleSearch: { scope: ONLY } }] },
  },
  "field of a tool that nobody else knows": { words: tools({ ...GET, hologram: ONLY }) },
  "choice `none`": chosen({ mode: "NONE" }),
  "choice `auto`": chosen({ mode: "AUTO" }),
  "choice: any tool": chosen({ mode: "ANY" }),
  "choice: one tool": chosen({ mode: "ANY", allowedFunctionNames: ["get"] }),
};

/** What Gemini alone says of tools. */
export const GEMINI_OWN_TOOLS = {
  "schema in Gemini's own words": {
    words: {
      gemini: tools({
        name: "get",
        parameters: {
          type: "OBJECT",
          properties: {
            a: { type: "NUMBER", nullable: true },
            b: { type: "ARRAY", items: { type: "STRING", format: "enum" }, minItems: "1" },
          },
          propertyOrdering: ["a", "b"],
        },
      }),
    },
    carried: {
      openai_chat: {
        tools: [{ type: "function", function: { name: "get", parameters: decoded() } }],
      },
      openai_responses: { tools: [{ type: "function", name: "get", parameters: decoded() }] },
      anthropic_messages: { tools: [{ name: "get", input_schema: decoded() }] },
    },
  },
  "choice: some functions": {
    words: {
      gemini: {
        ...tools(GET, { name: "now" }, { name: "then" }),
        toolConfig: {
          functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get", "now"] },
        },
      },
    },
    approximated: {
      openai_chat: {
        "the others are left out": {
          tools: [{ function: { name: "get" } }, { function: { name: "now" } }],
          tool_choice: "required",
        },
      },
      openai_responses: {
        "the others are left out": {
          tools: [{ name: "get" }, { name: "now" }],
          tool_choice: "required",
        },
      },
      anthropic_messages: {
        "the others are left out": {
          tools: [{ name: "get" }, { name: "now" }],
          tool_choice: { type: "any" },
        },
      },
    },
  },
  "what else `toolConfig` says": {
    words: { gemini: { toolConfig: { retrievalConfig: { languageCode: ONLY } } } },
  },
} satisfies Features;

function decoded(): JsonObject {
  return {
    type: "object",
    properties: {
      a: { type: ["number", "null"] },
      b: { type: "array", items: { type: "string" }, minItems: 1 },
    },
  };
}

const call = (id: string, args: JsonObject): JsonObject => ({
  functionCall: { id, name: "get", args },
});
const result = (id: string, response: JsonObject, rest: JsonObject = {}): JsonObject => ({
  functionResponse: { id, name: "get", response, ...rest },
});
const seen = result("call_1", { output: "seen" });
const CALL = call("call_1", { a: 1 });
const turns = (made: readonly JsonObject[], ...results: readonly JsonObject[]): Overlay =>
  said(user(text("Hi")), model(...made), user(...results));

export const GEMINI_TOOL_CALLS: Overlays<keyof typeof TOOL_CALLS> = {
  "call and its result": turns([CALL], seen),
  "a text before the call": turns([text("Looking"), CALL], seen),
  "a text behind the call": turns([CALL, text("Looking")], seen),
  "call without arguments": turns([call("call_1", {})], seen),
  "calls in parallel": turns(
    [CALL, call("call_2", { a: 2 })],
    seen,
    result("call_2", { output: "heard" }),
  ),
  "result that is an error": turns([CALL], result("call_1", { error: "not found" })),
  "result with an image": turns(
    [CALL],
    result("call_1", { output: "seen" }, {
      parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }],
    }),
  ),
  "what a provider's own tool did": said(
    user(text("Hi")),
    model({ executableCode: { code: ONLY } }, { codeExecutionResult: {} }, text("Found")),
    user(text("Hi")),
  ),
};

const later = (...parts: readonly JsonObject[]): Overlay =>
  said(user(text("Hi")), model(...parts), user(text("Well?")));
const thinking = (thinkingConfig: JsonObject, rest: JsonObject = {}): Overlay =>
  config({ ...rest, thinkingConfig: { includeThoughts: true, ...thinkingConfig } });

export const GEMINI_REASONING: Overlays<keyof typeof REASONING> = {
  "an effort": thinking({ thinkingLevel: "HIGH" }),
  "an effort, older Claude": thinking({ thinkingLevel: "LOW" }),
  "an effort that the model has no word for": thinking({ thinkingLevel: "MINIMAL" }),
  "an effort, a Claude that does not reason": thinking({ thinkingLevel: "HIGH" }),
  "a number of tokens to reason with": thinking({ thinkingBudget: 4_000 }, {
    maxOutputTokens: 10_000,
  }),
  "a number of tokens to reason with, newest Claude": thinking({ thinkingBudget: 4_000 }, {
    maxOutputTokens: 10_000,
  }),
  "as much reasoning as the model wants": thinking({ thinkingBudget: -1 }),
  "no reasoning": config({ thinkingConfig: { thinkingBudget: 0 } }),
  "earlier reasoning, signed by somebody else": {
    ...later({ text: "Hm", thought: true, thoughtSignature: ONLY }, text("Hello")),
    elsewhere: {
      openai_chat: {
        "its text without the signature": {
          messages: [
            { role: "user" },
            { role: "assistant", reasoning_content: "Hm" },
            { role: "user" },
          ],
        },
      },
    },
  },
  "earlier reasoning without a signature": later({ text: "Hm", thought: true }, text("Hello")),
};

const SCHEMA = { type: "object", properties: { a: { type: "number" } } };
const bySchema = config({ responseMimeType: "application/json", responseJsonSchema: SCHEMA });
const logprobs: JsonObject = { responseLogprobs: true };

export const GEMINI_SETTINGS: Overlays<keyof typeof SETTINGS> = {
  "bound of the output": config({ maxOutputTokens: 99 }),
  "bound of the output, as of old": config({ maxOutputTokens: 99 }),
  "no bound of the output": { words: {} },
  "stop sequences": config({ stopSequences: ["END", "STOP"] }),
  "one stop sequence": config({ stopSequences: ["END"] }),
  "`temperature`": config({ temperature: 0.5 }),
  "`temperature`, newest Claude": config({ temperature: 0.5 }),
  "`temperature` beyond 1": config({ temperature: 1.5 }),
  "`top_p`": config({ topP: 0.9 }),
  "`temperature` and `top_p`": config({ temperature: 0.5, topP: 0.9 }),
  "`temperature` and `top_p`, oldest Claude": config({ temperature: 0.5, topP: 0.9 }),
  "`top_k`": config({ topK: 5 }),
  "`top_k` beyond 8": config({ topK: 40 }),
  "`seed`": config({ seed: 7 }),
  "`n` of 2": config({ candidateCount: 2 }),
  "`n` of 1": config({ candidateCount: 1 }),
  "`logprobs`": config(logprobs),
  "`top_logprobs`": config({ ...logprobs, logprobs: 3 }),
  "`frequency_penalty`": config({ frequencyPenalty: 0.5 }),
  "`presence_penalty`": config({ presencePenalty: 0.5 }),
  "answer as text": config({ responseMimeType: "text/plain" }),
  "answer as JSON": config({ responseMimeType: "application/json" }),
  "answer by a schema": bySchema,
  "answer by a schema, oldest Claude": bySchema,
  "`modalities`": config({ responseModalities: ["TEXT", ONLY] }),
  "`service_tier`": { words: { serviceTier: ONLY } },
  "a field that nobody else knows": { words: { hologram: ONLY } },
};

const ofGemini = (name: string, value: JsonValue): { words: { gemini: JsonObject } } => ({
  words: { gemini: { [name]: value } },
});

/** What Gemini alone says of a request. */
export const GEMINI_OWN = {
  "`safetySettings`": ofGemini("safetySettings", [{ category: ONLY }]),
  "`cachedContent`": ofGemini("cachedContent", ONLY),
  "`labels`": ofGemini("labels", { team: ONLY }),
  "another form of the answer": ofGemini("generationConfig", {
    responseMimeType: "text/x.enum",
    mediaResolution: ONLY,
  }),
} satisfies Features;
