import { assertEquals } from "@std/assert";
import type { Call, Reply } from "../../../src/core/call.ts";
import { toGatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { ANONYMOUS, mayCall } from "../../../src/core/principal.ts";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";
import { allowModels } from "../../../src/access/keys/allow_models.ts";

const REPLY = {} as Reply;

function callerOf(...models: string[]) {
  return { ...ANONYMOUS, models: models.length === 0 ? undefined : models };
}

Deno.test("mayCall() takes `*` for any text, and everything else as it stands", () => {
  const cases: readonly [pattern: string, model: string, expected: boolean][] = [
    ["gpt-4o", "gpt-4o", true],
    ["gpt-4o", "gpt-4o-mini", false],
    ["gpt-4o", "GPT-4o", false],
    ["gpt-4o*", "gpt-4o", true],
    ["gpt-4o*", "openai/gpt-4o", false],
    ["*", "", true],
    ["*:free", "meta/llama:free", true],
    ["*:free", "meta/llama:free:paid", false],
    ["meta/*-instruct", "meta/llama-8b-instruct", true],
    ["meta/*-instruct", "meta/-instruct", true],
    ["meta/*-instruct", "meta-instruct", false],
    ["ab*ba", "aba", false],
    ["a*b*c", "a-c-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["gpt.4o", "gpt-4o", false],
    ["[a-z]*", "m", false],
  ];
  for (const [pattern, model, expected] of cases) {
    assertEquals(mayCall(callerOf(pattern), model), expected, `${pattern} ${model}`);
  }
  assertEquals(mayCall(callerOf("a", "b"), "b"), true);
  assertEquals(mayCall(callerOf(), "anything"), true);
});

Deno.test("mayCall() takes no longer for a pattern that could match in many ways", () => {
  const pattern = "a*".repeat(99);
  assertEquals(mayCall(callerOf(pattern), `${"a".repeat(1_000_000)}b`), true);
  assertEquals(mayCall(callerOf(`${pattern}c`), `${"a".repeat(1_000_000)}b`), false);
});

async function codeOf(answer: () => Promise<unknown>): Promise<string> {
  try {
    return await answer() === REPLY ? "passed" : "another reply";
  } catch (thrown) {
    const { status, code } = toGatewayError(thrown);
    return `${status} ${code}`;
  }
}

Deno.test("allowModels() judges every model that a call names", async () => {
  const send = (model: string, json: JsonObject, allowed: readonly string[] = ["small-*"]) =>
    codeOf(() => {
      const body = new ParsedBody(json);
      allowModels({ principal: callerOf(...allowed), model, body } as Partial<Call> as Call);
      return Promise.resolve(REPLY);
    });
  assertEquals(await send("small-1", {}), "passed");
  assertEquals(await send("large-1", {}), "403 model_not_allowed");
  assertEquals(await send("large-1", {}, []), "passed");
  assertEquals(await send("small-1", { models: ["small-2"] }), "passed");
  for (const models of [["small-2", "large-1"], "large-1", [["large-1"]], [{ model: "small-1" }]]) {
    assertEquals(await send("small-1", { models }), "403 model_not_allowed");
    assertEquals(await send("small-1", { Models: models }), "403 model_not_allowed");
  }
});

Deno.test("allowModels() hands nothing through for a key that is for certain models", async () => {
  const body = new ParsedBody({ model: "gpt-4o" });
  const call = { operation: "hand_through", model: "gpt-4o", body } as Partial<Call>;
  const send = (...models: string[]) =>
    codeOf(() => {
      allowModels({ ...call, principal: callerOf(...models) } as Call);
      return Promise.resolve(REPLY);
    });
  assertEquals(await send(), "passed");
  assertEquals(await send("*"), "403 model_not_allowed");
  assertEquals(await send("gpt-4o"), "403 model_not_allowed");
});
