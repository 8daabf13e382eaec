/** Errors in Ollama's form, written and read. */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { ollamaChat } from "../../../src/formats/ollama/mod.ts";

Deno.test("an error is a text, and an unknown model has the words that clients know", () => {
  const write = (error: GatewayError) => ollamaChat.error.encode(error, "1");
  assertEquals(write(new GatewayError("overloaded", "Try later")), { error: "Try later" });
  const unknown = new GatewayError("not_found", 'No model "m" is served here', {
    code: "model_not_found",
  });
  assertEquals(write(unknown), { error: 'model not found: No model "m" is served here' });
});

Deno.test("what a provider's error means is read out of its words", () => {
  const codeOf = (error: string) => ollamaChat.faultOf({ error })?.code;
  assertEquals(codeOf("the input length exceeds the context length"), "context_length_exceeded");
  assertEquals(
    codeOf("the request exceeds the available context size, try increasing it"),
    "context_length_exceeded",
  );
  assertEquals(codeOf("model 'm' not found"), "model_not_found");
  assertEquals(codeOf("server busy, please try again"), undefined);
  assertEquals(ollamaChat.faultOf({ error: { message: "It failed" } })?.message, "It failed");
  const answer = { model: "m", message: { role: "assistant", content: "error" }, done: false };
  assertEquals(ollamaChat.faultOf(answer), undefined);
});
