import { assertEquals, assertStrictEquals } from "@std/assert";
import type { JsonValue } from "../../../src/core/text/json.ts";
import {
  convertEmbeddings,
  embeddingFormat,
  embeddingUsage,
} from "../../../src/formats/openai_embeddings/vectors.ts";

Deno.test("embeddingUsage() counts the input's tokens, and nothing of what is no count", () => {
  assertEquals(embeddingUsage({ usage: { prompt_tokens: 7, total_tokens: 9 } }), {
    inputTokens: 7,
    outputTokens: 0,
    totalTokens: 7,
  });
  for (
    const usage of [null, {}, { prompt_tokens: -1 }, { prompt_tokens: 1e999 }, {
      prompt_tokens: "7",
    }]
  ) {
    assertEquals(embeddingUsage({ usage }), undefined);
  }
});

Deno.test("embeddingFormat() leaves formats that it does not know to the provider", () => {
  const formats = [undefined, null, "float", "base64", "ubinary", "int8", 7];
  assertEquals(
    formats.map((encoding_format) => embeddingFormat({ encoding_format })),
    ["float", "float", "float", "base64", undefined, undefined, undefined],
  );
});

Deno.test("convertEmbeddings() turns lists of numbers into base64, and base64 into those", () => {
  const floats = { data: [{ index: 0, embedding: [1, -0.5] }, { embedding: [] }], x: 1 };
  const texts = { data: [{ index: 0, embedding: "AACAPwAAAL8=" }, { embedding: "" }], x: 1 };
  assertEquals(convertEmbeddings(floats, "base64"), texts);
  assertEquals(convertEmbeddings(texts, "float"), floats);
  for (const answer of [floats, texts]) {
    assertStrictEquals(convertEmbeddings(answer, undefined), answer);
  }
});

Deno.test("convertEmbeddings() leaves as it is what is no vector, beside vectors that are", () => {
  const lists: readonly JsonValue[] = [
    null,
    {},
    [[0.1, 0.2], [0.3, 0.4]],
    [[]],
    [null, null],
    [0.1, null],
    [0.1, "0.2"],
    [true],
    [1e39],
    [Infinity],
  ];
  const texts: readonly JsonValue[] = ["x", "AAAA", "AADAfw==", "AACAfw==", null, [[1]]];
  for (const [format, items] of [["base64", lists], ["float", texts]] as const) {
    const data = items.map((embedding) => ({ embedding }));
    const answer = { data };
    assertStrictEquals(convertEmbeddings(answer, format), answer);
    const vector = format === "base64" ? [1] : "AACAPw==";
    const mixed = { data: [...data, { embedding: vector }] };
    assertEquals(convertEmbeddings(mixed, format), {
      data: [...data, { embedding: format === "base64" ? "AACAPw==" : [1] }],
    });
  }
});
