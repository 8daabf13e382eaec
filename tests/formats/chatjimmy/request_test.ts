import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest } from "../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { chatjimmy } from "../../../src/formats/chatjimmy/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

function request(
  messages: readonly (readonly [role: string, text: string])[],
  rest: Partial<ChatRequest> = {},
): ChatRequest {
  return {
    model: "llama3.1-8B",
    messages: messages.map(([role, text]) => ({ role, parts: [{ type: "text", text }] })),
    stream: false,
    natives: [],
    ...rest,
  };
}

Deno.test("encodeRequest() joins system texts and gives every other role one of two", () => {
  const { body } = chatjimmy.encodeRequest(request([
    ["system", "Be brief."],
    ["user", "Hi"],
    ["assistant", "Hello"],
    ["system", "Be kind."],
    ["tool", "42"],
    ["critic", "Hm"],
  ]));
  assertEquals(body, {
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "[tool] 42" },
      { role: "user", content: "[critic] Hm" },
    ],
    chatOptions: { selectedModel: "llama3.1-8B", systemPrompt: "Be brief.\n\nBe kind." },
    attachment: null,
  });
});

Deno.test("encodeRequest() keeps topK where its server survives it, and leaves it out unasked", () => {
  const cases = [[undefined, undefined], [1, 1], [8, 8], [64, 8], [0, 1], [-3, 1], [
    2.6,
    3,
  ]] as const;
  for (const [topK, sent] of cases) {
    const { body } = chatjimmy.encodeRequest(
      request([["user", "Hi"]], topK === undefined ? {} : { topK }),
    );
    assertEquals(body["chatOptions"], {
      selectedModel: "llama3.1-8B",
      systemPrompt: "",
      ...(sent !== undefined && { topK: sent }),
    });
  }
});

Deno.test("encodeRequest() sends the text of a message and leaves other parts out", () => {
  const { body } = chatjimmy.encodeRequest(openaiChat.request.decode({
    model: "m",
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "What" },
        { type: "image_url", image_url: { url: "https://a.example/cat.png" } },
        { type: "text", text: "is this?" },
      ],
    }, { role: "assistant", content: null }],
  }));
  assertEquals(body["messages"], [{ role: "user", content: "What\nis this?" }]);
});

Deno.test("encodeRequest() refuses what it cannot say, naming the field", () => {
  const hi = [["user", "Hi"]] as const;
  const refused = [
    [request(hi, { tools: [{ kind: "function", name: "f" }] }), "tools"],
    [request(hi, { choices: 2 }), "n"],
    [request(hi, { logprobs: true }), "logprobs"],
    [request([["system", "Be brief."]]), "messages"],
    [request([["user", ""]]), "messages"],
  ] as const;
  for (const [asked, param] of refused) {
    const error = assertThrows(() => chatjimmy.encodeRequest(asked), GatewayError, `"${param}"`);
    assertEquals(error.kind, "invalid_request");
    assertEquals(error.param, param);
  }
  chatjimmy.encodeRequest(request(hi, { tools: [], choices: 1, logprobs: false }));
});

Deno.test("encodeRequest() names what it leaves out", () => {
  const text = request([["user", "Hi"]]);
  assertEquals(chatjimmy.encodeRequest(text).warnings, []);
  const image = {
    type: "media",
    kind: "image",
    source: { type: "url", url: "https://a.example/cat.png" },
  } as const;
  const result = { type: "tool_result", callId: "a", parts: [image], isError: false } as const;
  const { warnings } = chatjimmy.encodeRequest({
    ...text,
    messages: [...text.messages, { role: "tool", parts: [result] }],
    temperature: 1,
    outputFormat: { type: "json_object" },
    reasoning: { effort: "low" },
    natives: [{ format: "anthropic_messages", name: "container", value: "c" }],
  });
  assertEquals(warnings, [
    "Content other than text was left out: this model reads text only",
    "Ignored by this model: temperature, response_format, reasoning_effort, container",
  ]);
});
