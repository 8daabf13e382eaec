import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../src/core/text/json.ts";
import { decodeModelList } from "../../src/providers/model_list.ts";
import { providerOf } from "./providers_of.ts";

/** An entry as OpenRouter has it. */
const FULL: JsonObject = {
  id: "maker/model:free",
  canonical_slug: "maker/model-2025",
  hugging_face_id: "",
  name: "Maker: Model",
  created: 1_747_930_371.9,
  description: "It reads.",
  context_length: 200_000,
  architecture: { modality: "text->text", input_modalities: ["text"], tokenizer: "Other" },
  pricing: {
    prompt: "0.0000025",
    completion: "0.00001",
    web_search: "0",
    image: "-1",
    discount: 0.5,
    overrides: [{ min_prompt_tokens: 1_000, utc_start: "08:00", prompt: "0.1", completion: "-1" }],
  },
  top_provider: { context_length: 131_072, max_completion_tokens: 8_192, is_moderated: true },
  per_request_limits: null,
  supported_parameters: ["max_tokens", "temperature"],
  links: { details: "/api/v1/models/maker/model-2025/endpoints" },
  benchmarks: { a: 1 },
};

function only(entry: JsonObject): JsonObject {
  const [model] = decodeModelList({ data: [entry] }, "upstream");
  if (model === undefined) throw new Error("The entry was skipped");
  return model;
}

Deno.test("decodeModelList() keeps what OpenRouter tells of a model, and leaves its own addresses out", () => {
  assertEquals(only(FULL), {
    id: "maker/model:free",
    object: "model",
    name: "Maker: Model",
    created: 1_747_930_371,
    owned_by: "upstream",
    description: "It reads.",
    context_length: 200_000,
    pricing: {
      prompt: "0.0000025",
      completion: "0.00001",
      web_search: "0",
      discount: 0.5,
      overrides: [{ min_prompt_tokens: 1_000, utc_start: "08:00", prompt: "0.1" }],
    },
    supported_parameters: ["max_tokens", "temperature"],
    is_moderated: true,
    max_completion_tokens: 8_192,
    canonical_slug: "maker/model-2025",
    hugging_face_id: "",
    architecture: { modality: "text->text", input_modalities: ["text"], tokenizer: "Other" },
    top_provider: { context_length: 131_072, max_completion_tokens: 8_192, is_moderated: true },
    per_request_limits: null,
  });
});

Deno.test("decodeModelList() invents nothing that a list does not tell", () => {
  const unknown = {
    object: "model",
    created: 0,
    owned_by: "upstream",
    description: null,
    context_length: null,
    pricing: { prompt: null, completion: null },
    supported_parameters: null,
    is_moderated: null,
    max_completion_tokens: null,
  };
  assertEquals(only({ id: "a" }), { id: "a", name: "a", ...unknown });
  const odd = {
    id: "b",
    name: 7,
    created: "now",
    owned_by: "",
    description: ["x"],
    context_length: -1,
    pricing: { prompt: 3, completion: "free", input: 0.2 },
    supported_parameters: "all",
    permission: [{ path: "/srv" }],
  };
  assertEquals(only(odd), { id: "b", name: "b", ...unknown });
});

Deno.test("decodeModelList() takes -1 for a price that is not known", () => {
  for (const price of ["-1", "-1.0", "-0.5"]) {
    assertEquals(
      only({ id: "a", pricing: { prompt: price, completion: price, request: price } }).pricing,
      { prompt: null, completion: null },
    );
  }
});

Deno.test("decodeModelList() reads the same fields where they stand beside the id", () => {
  const { is_moderated, max_completion_tokens } = only({
    id: "a",
    is_moderated: false,
    max_completion_tokens: 64,
    top_provider: { max_completion_tokens: null },
  });
  assertEquals([is_moderated, max_completion_tokens], [false, 64]);
});

Deno.test("decodeModelList() skips what has no id and keeps ten thousand at the most", () => {
  const entries = [null, 7, "", {}, { id: "" }, { id: 7 }, { name: "" }, { id: "a" }];
  assertEquals(decodeModelList({ data: entries }, "u").map(({ id }) => id), ["a"]);
  const many = Array.from({ length: 10_001 }, (_, index) => ({ id: `m${index}` }));
  assertEquals(decodeModelList({ data: many }, "u").length, 10_000);
});

Deno.test("decodeModelList() reads a list that stands elsewhere, and ids under other names", () => {
  const idsIn = (body: JsonValue) => decodeModelList(body, "u").map(({ id }) => id);
  assertEquals(idsIn([{ id: "a", object: "model" }, { id: "b" }]), ["a", "b"]);
  assertEquals(idsIn({ models: [{ name: "llama3:latest", model: "llama3:latest" }] }), [
    "llama3:latest",
  ]);
  assertEquals(idsIn({ data: null, models: [{ id: "a", name: "The A" }, "b"] }), ["a", "b"]);
  assertEquals(idsIn(["a", "b"]), ["a", "b"]);
  for (const body of [null, "a", {}, { data: {} }, { models: "a" }, { error: { message: "x" } }]) {
    const error = assertThrows(() => decodeModelList(body, "u"), GatewayError);
    assertEquals(error.code, "upstream_invalid_response");
  }
});

Deno.test("OpenRouter's links are kept, since they lead through the gateway", () => {
  const provider = providerOf({ OPENROUTER_API_KEY: "k" });
  const [model] = provider.decodeModels({ data: [FULL] });
  assertEquals(model?.links, FULL.links);
});
