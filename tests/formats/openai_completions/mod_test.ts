import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../../src/formats/openai_completions/mod.ts";

const ENCODE = { id: "id", model: "m", createdSeconds: 1, includeUsage: false };
const { answer, request } = openaiCompletions;

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("completions: a sign of life is never a chunk, which would be a chat's", () => {
  const observer = answer.streamObserver({
    choices: 1,
    maxEventBytes: 1_024,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: (text) => text,
    encode: ENCODE,
  });
  const comment = textOf(openaiChat.answer.streamEncoder(ENCODE).keepAlive("comment"));
  assertEquals(textOf(observer.keepAlive("chunk")), comment);
  assertEquals(textOf(answer.streamEncoder(ENCODE).keepAlive("chunk")), comment);
});

Deno.test("completions: a whole answer is its own stream, and ends as every stream does", () => {
  const whole = new TextEncoder().encode(`{"object":"text_completion"}`);
  assertEquals(textOf(answer.wholeAsStream?.(whole)), `data: {"object":"text_completion"}\n\n`);
  const encoder = () => answer.streamEncoder(ENCODE);
  const text = { type: "text", text: "a" } as const;
  assertEquals(
    textOf(encoder().encode([{ type: "block_start", choice: 0, block: 0, part: text }])),
    "",
  );
  assertEquals(textOf(encoder().close({ kind: "complete" })), "data: [DONE]\n\n");
  const error = new GatewayError("upstream_truncated", "Cut off");
  const last = textOf(encoder().close({ kind: "failed", error }));
  assertEquals(JSON.parse(last.slice("data: ".length)).error.message, "Cut off");
});

Deno.test("completions: several prompts are several choices, and errors are a chat's", () => {
  assertEquals(request.facts({ prompt: ["a", "b"], n: 2 }).choices, 4);
  assertEquals(request.facts({ prompt: [1, 2, 3] }).choices, 1);
  assertEquals(openaiCompletions.errorName, openaiChat.error.name);
});
