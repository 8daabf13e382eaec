import { assertEquals } from "@std/assert";
import { answerOf } from "../expected_answer.ts";
import { decodeAll, decoderOf } from "../stream_cases.ts";

Deno.test("streamDecoder() tells the ways apart in which an answer is none", () => {
  const bodies = [
    ["", "context_length_exceeded"],
    [
      `<|stats|>{"done":true,"reason":"Max context limit 6144 reached"}<|/stats|>`,
      "context_length_exceeded",
    ],
    [`<|stats|>{"done":true,"reason":"termination token"}<|/stats|>`, "empty_answer"],
    [`\n<|stats|>{"done":true}<|/stats|>`, "empty_answer"],
    [`<|stats|>not json<|/stats|>`, "empty_answer"],
    ["<|stats|>", undefined],
    ["Hi", undefined],
  ] as const;
  for (const [body, code] of bodies) {
    const decoder = decoderOf({ dialect: "chatjimmy" });
    const { fault } = answerOf(decodeAll(decoder, [new TextEncoder().encode(body)]));
    assertEquals(fault?.code, code, body);
  }
});

Deno.test("streamDecoder() counts tokens only where all three counts are numbers", () => {
  const counts = [
    [`"prefill_tokens":1,"decode_tokens":2,"total_tokens":3`, true],
    [`"prefill_tokens":1,"decode_tokens":2`, false],
    [`"prefill_tokens":1,"decode_tokens":"2","total_tokens":3`, false],
    [`"prefill_tokens":1,"decode_tokens":1e999,"total_tokens":3`, false],
  ] as const;
  for (const [fields, isCounted] of counts) {
    const body = new TextEncoder().encode(`Hi<|stats|>{"done":true,${fields}}<|/stats|>`);
    const answer = answerOf(decodeAll(decoderOf({ dialect: "chatjimmy" }), [body]));
    assertEquals(answer.usage !== undefined, isCounted, fields);
    assertEquals(answer.choices[0]?.finish?.reason, "stop");
  }
});

Deno.test("streamDecoder() says length where the context ended the text", () => {
  const stats = `{"done":true,"done_reason":"stop","reason":"max context limit 6144 reached"}`;
  const body = new TextEncoder().encode(`Half<|stats|>${stats}<|/stats|>`);
  const answer = answerOf(decodeAll(decoderOf({ dialect: "chatjimmy" }), [body]));
  assertEquals(answer.choices[0]?.finish, { reason: "length", raw: "stop" });
});
