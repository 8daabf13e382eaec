import { assertEquals, assertStrictEquals } from "@std/assert";
import { openaiEmbeddings } from "../../../src/formats/openai_embeddings/mod.ts";

const { answer, request } = openaiEmbeddings;

Deno.test("embeddings: what is known of a request", () => {
  const { isDeterministic, maxOutputTokens, prompt } = request.facts({
    model: "m",
    input: ["a", "b"],
    max_tokens: 7,
  });
  assertEquals({ isDeterministic, maxOutputTokens, prompt }, {
    isDeterministic: true,
    maxOutputTokens: 0,
    prompt: [["a", "b"]],
  });
});

Deno.test("embeddings: what an answer says of itself", () => {
  assertEquals(
    openaiEmbeddings.decodeWhole({ model: "m", data: [], usage: { prompt_tokens: 3 } }),
    [
      { type: "start", model: "m" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 0, totalTokens: 3 } },
    ],
  );
  assertEquals(openaiEmbeddings.decodeWhole({ data: [] }), [{ type: "start" }]);
});

Deno.test("embeddings: vectors get the form that was asked for, and keep the one they have", () => {
  const body = { data: [{ embedding: [1] }] };
  assertStrictEquals(answer.fitWhole?.(body, {}), body);
  assertEquals(answer.fitWhole?.(body, { encoding_format: "base64" }), {
    data: [{ embedding: "AACAPw==" }],
  });
});
