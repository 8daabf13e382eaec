/** What of requests is not in the table of translations: spellings, pairs without ids, refusals, counts. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { gemini } from "../../../src/formats/gemini/mod.ts";
import {
  geminiBatchEmbedContents,
  geminiEmbedContent,
} from "../../../src/formats/gemini/embeddings/mod.ts";

const { request } = gemini;
const HI = [{ role: "user", parts: [{ text: "Hi" }] }];

Deno.test("members in either spelling are read, and a text may stand for a content", () => {
  const camel = request.decode({
    systemInstruction: { parts: [{ text: "Be brief" }] },
    contents: [{ parts: [{ inlineData: { mimeType: "image/png", data: "-_8=" } }] }],
    generationConfig: { maxOutputTokens: 9, stopSequences: ["a"] },
  });
  const snake = request.decode({
    system_instruction: "Be brief",
    contents: { parts: { inline_data: { mime_type: "image/png", data: "+/8=" } } },
    generation_config: { max_output_tokens: 9, stop_sequences: ["a"] },
  });
  assertEquals(snake, camel);
  assertEquals(camel.messages.map(({ role }) => role), ["system", "user"]);
  assertEquals(
    request.decode({ contents: "Hi" }).messages,
    request.decode({ contents: HI }).messages,
  );
});

Deno.test("results without ids belong to the calls of their names, in order", () => {
  const call = (name: string, id?: string) => ({
    functionCall: { ...(id !== undefined && { id }), name },
  });
  const result = (name: string, output: string) => ({
    functionResponse: { name, response: { output } },
  });
  const { messages } = request.decode({
    contents: [
      ...HI,
      { role: "model", parts: [call("a"), call("b", "own"), call("a")] },
      { role: "function", parts: [result("b", "2"), result("a", "1"), result("other", "3")] },
    ],
  });
  const calls = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => part.type === "tool_call" ? part.callId : [])
  );
  const results = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => part.type === "tool_result" ? part.callId : [])
  );
  assertEquals(calls, ["call_0", "own", "call_2"]);
  assertEquals(results, ["own", "call_0", "call_2"]);
});

Deno.test("a signature stays on the part that it came with", () => {
  const seal = { value: "c2ln", issuer: "gemini" };
  const { messages: [, said] } = request.decode({
    contents: [...HI, {
      role: "model",
      parts: [
        { text: "Hm", thought: true, thoughtSignature: "c2ln" },
        { text: "", thought_signature: "c2ln" },
        { functionCall: { name: "a", args: {} }, thoughtSignature: "c2ln" },
        { thoughtSignature: "c2ln" },
      ],
    }],
  });
  assertEquals(said?.parts, [
    { type: "reasoning", text: "Hm", seal },
    { type: "text", text: "", seal },
    { type: "tool_call", callId: "call_0", kind: "function", name: "a", input: "{}", seal },
    { type: "sealed", seal },
  ]);
});

const REFUSED: Readonly<Record<string, JsonObject>> = {
  "contents": {},
  "contents.0.role": { contents: [{ role: "narrator", parts: [] }] },
  "contents.0.parts.0": { contents: [{ parts: [{}] }] },
  "contents.0.parts.0.text": { contents: [{ parts: [{ text: 1 }] }] },
  "contents.0.parts.0.functionCall.name": { contents: [{ parts: [{ functionCall: {} }] }] },
  "contents.0.parts.0.functionResponse": {
    contents: [{ parts: [{ functionResponse: { name: "a", response: {} } }] }],
  },
  "generationConfig.topP": { contents: HI, generationConfig: { topP: 2 } },
  "toolConfig.functionCallingConfig.mode": {
    contents: HI,
    tools: [{ functionDeclarations: [{ name: "a" }] }],
    toolConfig: { functionCallingConfig: { mode: "x" } },
  },
};

for (const [param, body] of Object.entries(REFUSED)) {
  Deno.test(`a request is refused for its ${param}`, () => {
    const error = assertThrows(() => request.decode(body), GatewayError);
    assertEquals([error.kind, error.param], ["invalid_request", param]);
  });
}

Deno.test("what is counted is the request that a count holds", () => {
  const whole = { model: "models/a", contents: HI, systemInstruction: "Be brief" };
  const count = { generateContentRequest: whole };
  assertEquals(request.decode(count), request.decode(whole));
  assertEquals(request.facts(count).prompt, ["Be brief", HI]);
  assertEquals(request.renamed?.(count, "b"), {
    generateContentRequest: { ...whole, model: "models/b" },
  });
  const bare = { contents: HI };
  assertEquals(request.renamed?.(bare, "b"), bare);
});

Deno.test("embeddings are read alike, one or many", () => {
  const content = { parts: [{ text: "a" }, { text: "b" }] };
  const one = { model: "models/x", content, output_dimensionality: 3, taskType: "t" };
  const single = geminiEmbedContent.request.decodeEmbeddings?.(one);
  assertEquals(single?.inputs, ["a\nb"]);
  assertEquals([single?.dimensions, single?.natives.map(({ name }) => name)], [3, ["taskType"]]);
  const batch = (...requests: JsonObject[]) =>
    geminiBatchEmbedContents.request.decodeEmbeddings?.({ requests });
  assertEquals(batch(one, one)?.inputs, ["a\nb", "a\nb"]);
  const error = assertThrows(() => batch(one, { content }), GatewayError);
  assertEquals(error.param, "requests.1.outputDimensionality");
  assertEquals(
    geminiBatchEmbedContents.decodeVectors?.({ embeddings: [{ values: [1, 2] }] }).vectors,
    [[1, 2]],
  );
});
