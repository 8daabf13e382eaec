/** Requests of others, written for Gemini: contents, signatures, schemas, thinking. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ChatRequest, Message, Seal, ToolCallPart } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import { encodeRequest } from "../../../../src/formats/gemini/request/encode_request.ts";
import { narrowSchema } from "../../../../src/formats/gemini/request/narrow_schema.ts";

const NEWEST = "gemini-3-flash";
const OLDER = "gemini-2.5-flash";
const SKIPPED = "skip_thought_signature_validator";
const SEAL: Seal = { value: "c2ln", issuer: "gemini" };

function user(text: string): Message {
  return { role: "user", parts: [{ type: "text", text }] };
}

function call(callId: string, seal?: Seal): ToolCallPart {
  const part = { type: "tool_call", callId, kind: "function", name: `f_${callId}`, input: "{}" };
  return { ...part, ...(seal !== undefined && { seal }) } as ToolCallPart; // As it stands above.
}

function result(callId: string, text: string, isError = false): Message {
  const parts = [{ type: "text", text }] as const;
  return { role: "tool", parts: [{ type: "tool_result", callId, parts, isError }] };
}

function assistant(...parts: Message["parts"]): Message {
  return { role: "assistant", parts };
}

function encode(request: Partial<ChatRequest>) {
  const whole = { model: NEWEST, messages: [user("Hi")], stream: false, natives: [], ...request };
  const { body, warnings } = encodeRequest(whole);
  // deno-lint-ignore no-explicit-any -- The body is what is tested.
  return { body: body as any, warnings: warnings.join("; ") };
}

Deno.test("results of parallel calls stand alone in one content and in order, and what else is said behind (T92, T93)", () => {
  const { body, warnings } = encode({
    model: OLDER,
    messages: [
      user("Hi"),
      assistant({ type: "text", text: "Two." }, call("a", SEAL), call("b")),
      result("b", `{"x":1}`),
      user("Quick!"),
      result("a", "no", true),
      { role: "system", parts: [{ type: "text", text: "Be brief" }] },
    ],
  });
  assertEquals(body.contents, [
    { role: "user", parts: [{ text: "Hi" }] },
    {
      role: "model",
      parts: [
        { text: "Two." },
        { functionCall: { id: "a", name: "f_a", args: {} }, thoughtSignature: "c2ln" },
        { functionCall: { id: "b", name: "f_b", args: {} } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "a", name: "f_a", response: { error: "no" } } },
        { functionResponse: { id: "b", name: "f_b", response: { x: 1 } } },
      ],
    },
    {
      role: "user",
      parts: [{ text: "Quick!" }, { text: "<system-reminder>\nBe brief\n</system-reminder>" }],
    },
  ]);
  assertEquals(warnings, "");
});

Deno.test("the first call of each step of the turn is signed, or says that nobody has (T91)", () => {
  const messages = [
    user("One"),
    assistant(call("a")),
    result("a", "1"),
    user("Two"),
    assistant(call("b"), call("c")),
    result("b", "2"),
    result("c", "3"),
    assistant(call("d", SEAL)),
    result("d", "4"),
  ];
  const signed = (model: string) =>
    encode({ model, messages }).body.contents
      .flatMap(({ parts }: { parts: Record<string, unknown>[] }) => parts)
      .filter((part: Record<string, unknown>) => part.functionCall)
      .map((part: Record<string, unknown>) => part.thoughtSignature);
  assertEquals(signed(NEWEST), [undefined, SKIPPED, undefined, "c2ln"]);
  assertEquals(signed(OLDER), [undefined, undefined, undefined, "c2ln"]);
});

Deno.test("a seal that names its call goes on it, one that names none on the text", () => {
  const { body } = encode({
    messages: [
      user("Hi"),
      assistant(
        { type: "sealed", seal: { ...SEAL, value: "Yg==" } },
        { type: "text", text: "So" },
        { type: "sealed", seal: SEAL, id: "a" },
        call("a"),
      ),
      result("a", "1"),
    ],
  });
  assertEquals(body.contents[1].parts, [
    { text: "So", thoughtSignature: "Yg==" },
    { functionCall: { id: "a", name: "f_a", args: {} }, thoughtSignature: "c2ln" },
  ]);
});

Deno.test("ids that Weir has made for Gemini's calls are not told to it", () => {
  const id = "gcall_QUVV_0";
  const { body } = encode({ messages: [user("Hi"), assistant(call(id)), result(id, "1")] });
  assertEquals(body.contents[1].parts[0].functionCall, { name: `f_${id}`, args: {} });
  assertEquals(body.contents[2].parts[0].functionResponse, {
    name: `f_${id}`,
    response: { output: 1 },
  });
});

Deno.test("images of a result go with it where the model takes them, else behind it", () => {
  const image = {
    type: "media",
    kind: "image",
    source: { type: "inline", mediaType: "image/png", data: "AA==" },
  } as const;
  const messages: Message[] = [
    user("Hi"),
    assistant(call("a", SEAL)),
    {
      role: "tool",
      parts: [{ type: "tool_result", callId: "a", parts: [image], isError: false }],
    },
  ];
  const inline = { inlineData: { mimeType: "image/png", data: "AA==" } };
  const within = encode({ messages }).body.contents.at(-1).parts;
  assertEquals(within[0].functionResponse.parts, [inline]);
  const behind = encode({ model: OLDER, messages }).body.contents.at(-1).parts;
  assertEquals(behind, [{ text: "What else the tool call a has resulted in:" }, inline]);
});

Deno.test("schemas are narrowed to what Gemini takes, and what is lost is told once (T94)", () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    definitions: { Name: { type: "string", pattern: "^a", default: "a" } },
    properties: {
      pattern: { $ref: "#/definitions/Name", description: "kept by the reference" },
      kind: { const: "x", examples: ["x"] },
      on: { const: true },
      tuple: { type: "array", items: [{ type: "string" }, { type: "number" }] },
      any: { oneOf: [{ type: "string", minLength: 1 }, { type: "null" }] },
      both: {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "number" } }, required: ["b"] },
        ],
      },
    },
    required: ["pattern"],
    additionalProperties: false,
    not: { type: "null" },
  };
  const left = new Set<string>();
  assertEquals(narrowSchema(schema, left), {
    $defs: { Name: { type: "string" } },
    type: "object",
    properties: {
      pattern: { $ref: "#/$defs/Name" },
      kind: { enum: ["x"] },
      on: {},
      tuple: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }] },
      any: { anyOf: [{ type: "string" }, { type: "null" }] },
      both: {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "number" } },
        required: ["a", "b"],
      },
    },
    required: ["pattern"],
    additionalProperties: false,
  });
  assertEquals([...left].sort(), ["minLength", "not", "pattern"]);
  const { body, warnings } = encode({
    tools: [{ kind: "function", name: "f", parameters: schema }, { kind: "function", name: "g" }],
  });
  assertStringIncludes(warnings, `"minLength", "not", "pattern" is left out`);
  assertEquals(body.tools[0].functionDeclarations[1], { name: "g", description: "" });
});

Deno.test("thinking is asked for as the model takes it", () => {
  const thinking = (model: string, reasoning: ChatRequest["reasoning"]) =>
    encode({ model, ...(reasoning !== undefined && { reasoning }) }).body.generationConfig
      ?.thinkingConfig;
  const shown = { includeThoughts: true };
  assertEquals(thinking(NEWEST, undefined), undefined);
  assertEquals(thinking(NEWEST, { effort: "medium" }), { thinkingLevel: "medium", ...shown });
  assertEquals(thinking("gemini-3-pro-preview", { effort: "medium" }), {
    thinkingLevel: "low",
    ...shown,
  });
  assertEquals(thinking("gemini-3.1-pro", { effort: "xhigh" }), {
    thinkingLevel: "high",
    ...shown,
  });
  assertEquals(thinking(NEWEST, { mode: "off" }), { thinkingLevel: "minimal" });
  assertEquals(thinking(NEWEST, { maxTokens: 9_000 }), { thinkingLevel: "medium", ...shown });
  assertEquals(thinking(OLDER, { mode: "off" }), { thinkingBudget: 0 });
  assertEquals(thinking("gemini-2.5-pro", { effort: "none" }), { thinkingBudget: 128 });
  assertEquals(thinking(OLDER, { maxTokens: 99_999, isHidden: true }), {
    thinkingBudget: 24_576,
    includeThoughts: false,
  });
  assertEquals(thinking(OLDER, { mode: "adaptive" }), { thinkingBudget: -1, ...shown });
  assertEquals(thinking("gemini-2.0-flash", { effort: "high" }), undefined);
});

Deno.test("JSON beside tools is asked for in words of a model that refuses it there", () => {
  const outputFormat = { type: "json_schema", schema: { type: "object" } } as const;
  const tools = [{ kind: "function", name: "f" }] as const;
  const older = encode({ model: OLDER, outputFormat, tools });
  assertEquals(older.body.generationConfig, undefined);
  assertStringIncludes(older.body.systemInstruction.parts[0].text, `{"type":"object"}`);
  assertStringIncludes(older.warnings, "in words");
  const newest = encode({ outputFormat, tools });
  assertEquals(newest.body.generationConfig, {
    responseMimeType: "application/json",
    responseJsonSchema: { type: "object" },
  });
});

Deno.test("what would make another question of it is refused", () => {
  assertThrows(() => encode({ toolChoice: "required" }), GatewayError, "tool_choice");
  assertThrows(() => encode({ messages: [] }), GatewayError, "messages");
  const source = { type: "file", id: "f", issuer: "openai_chat" } as const;
  const parts = [{ type: "media", kind: "image", source }] as const;
  assertThrows(
    () => encode({ messages: [{ role: "user", parts }] }),
    GatewayError,
    "openai_chat holds",
  );
});
