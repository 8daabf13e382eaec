import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { openaiEmbeddings } from "../../../src/formats/openai_embeddings/mod.ts";
import { ENCODE_OPTIONS } from "../stream_cases.ts";

const { request, answer, encodeEmbeddings, decodeVectors } = openaiEmbeddings;

Deno.test("a request for embeddings is read and written, what has no neutral word is named", () => {
  const decoded = request.decodeEmbeddings!({
    model: "m",
    input: ["a", "b"],
    dimensions: 3,
    encoding_format: "base64",
    user: "u",
    truncate: "END",
  });
  assertEquals(decoded, {
    model: "m",
    inputs: ["a", "b"],
    dimensions: 3,
    natives: [{ format: "openai_embeddings", name: "truncate", value: "END" }],
  });
  const natives = [{ format: "other", name: "keep_alive", value: "5m" }];
  assertEquals(encodeEmbeddings!({ ...decoded, natives }), {
    body: { model: "m", input: ["a", "b"], dimensions: 3, encoding_format: "float" },
    warnings: [`"keep_alive" is left out: openai_embeddings has no word for what is other's`],
  });
  assertEquals(
    encodeEmbeddings!({ model: "m", inputs: ["a"], natives: [] }).body,
    { model: "m", input: "a", encoding_format: "float" },
  );
});

Deno.test("what cannot be translated is refused by the name of its field", () => {
  const cases = [
    [{ model: "m", input: [1, 2] }, "input"],
    [{ model: "m", input: [] }, "input"],
    [{ model: "m", input: "a", encoding_format: "ubinary" }, "encoding_format"],
    [{ model: "m", input: "a", dimensions: 0 }, "dimensions"],
  ] as const;
  for (const [body, param] of cases) {
    const error = assertThrows(() => request.decodeEmbeddings!(body), GatewayError);
    assertEquals([error.kind, error.param], ["invalid_request", param]);
  }
});

Deno.test("vectors are read by their index, base64 or not, and written as the client asked", () => {
  const decoded = decodeVectors!({
    object: "list",
    data: [
      { object: "embedding", index: 1, embedding: [1, -2] },
      { object: "embedding", index: 0, embedding: "AACAPwAAAMA=" },
    ],
    model: "m",
    usage: { prompt_tokens: 4, total_tokens: 4 },
  });
  const usage = { inputTokens: 4, outputTokens: 0, totalTokens: 4 };
  assertEquals(decoded, { vectors: [[1, -2], [1, -2]], model: "m", usage });
  const written = answer.encodeVectors!(decoded, { encoding_format: "base64" }, ENCODE_OPTIONS);
  assertEquals(written, {
    object: "list",
    data: [0, 1].map((index) => ({ object: "embedding", index, embedding: "AACAPwAAAMA=" })),
    model: "m",
    usage: { prompt_tokens: 4, total_tokens: 4 },
  });
  const untold = answer.encodeVectors!({ vectors: [[1]] }, {}, ENCODE_OPTIONS);
  assertEquals([untold.model, untold.usage], ["asked-model", {
    prompt_tokens: 0,
    total_tokens: 0,
  }]);
  const error = assertThrows(() => decodeVectors!({ data: [{ embedding: null }] }), GatewayError);
  assertEquals(error.kind, "upstream_invalid_response");
});
