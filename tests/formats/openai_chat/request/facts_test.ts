import { assertEquals, assertStrictEquals } from "@std/assert";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { openaiChat } from "../../../../src/formats/openai_chat/mod.ts";

Deno.test("facts() reads what an answer is to be like", () => {
  const wishes: readonly (readonly [JsonObject, number, boolean | undefined])[] = [
    [{}, 1, undefined],
    [{ n: 3, stream_options: { include_usage: true } }, 3, true],
    [{ n: null, stream_options: { include_usage: false } }, 1, false],
    [{ n: "3", stream_options: null }, 1, undefined],
    [{ stream_options: { include_usage: 1 } }, 1, undefined],
    // A legacy completion answers each of its prompts.
    [{ prompt: "a" }, 1, undefined],
    [{ prompt: ["a", "b"], n: 2 }, 4, undefined],
    [{ prompt: [[1, 2], [3]] }, 2, undefined],
    [{ prompt: [1, 2, 3] }, 1, undefined],
    [{ prompt: [] }, 1, undefined],
    // OpenRouter's way to ask.
    [{ usage: { include: true } }, 1, true],
    [{ usage: { include: true }, stream_options: { include_usage: false } }, 1, true],
    [{ usage: { include: false } }, 1, undefined],
    [{ usage: { include: "true" } }, 1, undefined],
  ];
  for (const [body, choices, includeUsage] of wishes) {
    const facts = openaiChat.request.facts(body);
    assertEquals(facts.choices, choices);
    assertEquals(facts.includeUsage, includeUsage);
  }
});

Deno.test("facts() reads what policies need to know, and judges nothing", () => {
  const { facts } = openaiChat.request;
  const messages = [{ role: "user", content: "Hi" }];
  assertEquals(facts({ model: "m", messages, stream: true, max_tokens: 7, temperature: 0 }), {
    model: "m",
    wantsStream: true,
    choices: 1,
    maxOutputTokens: 7,
    includeUsage: undefined,
    isDeterministic: true,
    prompt: [messages],
    session: undefined,
    beginning: messages,
    wantsLogprobs: false,
  });
  const strange = facts({ model: 7, stream: "yes", max_completion_tokens: -1, seed: "x" });
  assertEquals([strange.model, strange.wantsStream, strange.maxOutputTokens], [
    "",
    false,
    undefined,
  ]);
  assertEquals([strange.isDeterministic, strange.prompt], [false, []]);
  assertEquals(facts({ max_completion_tokens: 3, max_tokens: 7 }).maxOutputTokens, 7);
  assertEquals(facts({ input: ["a"], seed: 1 }).prompt, [["a"]]);
  assertEquals(facts({ logprobs: true }).wantsLogprobs, true);
});

Deno.test("askForUsage() asks, unless the body says itself whether usage is wanted (T31)", () => {
  const ask = (body: JsonObject) => openaiChat.askForUsage?.(body);
  const asked = { include_usage: true };
  for (const options of [undefined, null, {}, "x", { include_usage: 1 }]) {
    const body = options === undefined ? {} : { stream_options: options };
    assertEquals(ask(body), { stream_options: asked }, JSON.stringify(options));
  }
  assertEquals(ask({ n: 1, stream_options: { include_obfuscation: false } }), {
    n: 1,
    stream_options: { include_obfuscation: false, ...asked },
  });
  for (const include_usage of [true, false]) {
    const body = { stream_options: { include_usage } };
    assertStrictEquals(ask(body), body);
  }
});
