import { assertEquals, assertStrictEquals } from "@std/assert";
import { withoutSeals } from "../../../../src/formats/anthropic_messages/request/without_seals.ts";

const USER = { role: "user", content: "Hello" };
const THOUGHT = { type: "thinking", thinking: "Hm.", signature: "of-another" };
const REDACTED = { type: "redacted_thinking", data: "of-another" };
const CALL = { type: "tool_use", id: "toolu_1", name: "look", input: {} };
const TEXT = { type: "text", text: "Hi" };
const RESULT = {
  role: "user",
  content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "seen" }],
};
const thinking = { type: "enabled", budget_tokens: 2_000 };

Deno.test("withoutSeals() leaves signed reasoning out, and messages that were nothing else", () => {
  const body = {
    model: "m",
    thinking,
    messages: [
      USER,
      { role: "assistant", content: [THOUGHT, REDACTED] },
      { role: "assistant", content: [THOUGHT, TEXT] },
      USER,
    ],
  };
  assertEquals(withoutSeals(body, "all").body, {
    model: "m",
    thinking,
    messages: [USER, { role: "assistant", content: [TEXT] }, USER],
  });
  // Nobody can tell whose it is.
  assertStrictEquals(withoutSeals(body, "foreign").body, body);
  const plain = { model: "m", messages: [USER] };
  assertStrictEquals(withoutSeals(plain, "all").body, plain);
});

Deno.test("withoutSeals() asks for no reasoning behind calls whose reasoning is left out", () => {
  const messages = [USER, { role: "assistant", content: [THOUGHT, CALL] }, RESULT];
  const { body, warnings } = withoutSeals({ model: "m", thinking, messages }, "all");
  assertEquals(body, {
    model: "m",
    messages: [USER, { role: "assistant", content: [CALL] }, RESULT],
  });
  assertEquals(warnings.length, 2);
});
