import { assertEquals } from "@std/assert";
import { handedFormat, handedRequests } from "../../../src/formats/hand_through/mod.ts";
import { decodeHandedUsage } from "../../../src/formats/hand_through/usage.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

Deno.test("handedFormat() knows what ends the streams of each API", () => {
  const cases: readonly [path: string, hasEndEvent: boolean, end: string, other: string][] = [
    ["/responses", true, "response.completed", "response.output_text.done"],
    ["/responses", true, "response.incomplete", "response.mcp_call.failed"],
    ["/responses/r_1?stream=true", true, "response.completed", "response.in_progress"],
    ["/images/generations", true, "image_generation.completed", "image_generation.partial_image"],
    ["/images/edits", true, "image_edit.completed", "image_edit.partial_image"],
    ["/audio/speech", true, "speech.audio.done", "speech.audio.delta"],
    ["/audio/transcriptions", true, "transcript.text.done", "transcript.text.delta"],
    ["/messages", true, "message_stop", "message_delta"],
    ["/files", false, "[DONE]", "response.completed"],
    ["/responsesX", false, "[DONE]", "response.completed"],
  ];
  for (const [path, hasEndEvent, end, other] of cases) {
    const format = handedFormat(path);
    const isEnd = (type: string) =>
      format.factsOfEvent("message", type === "[DONE]" ? type : JSON.stringify({ type })).isEnd;
    assertEquals([path, format.hasEndEvent], [path, hasEndEvent]);
    assertEquals([path, isEnd(end), isEnd(other)], [path, true, undefined]);
    assertEquals(format.factsOfEvent("message", "[DONE]"), { isEnd: true });
  }
  assertEquals(handedFormat("/threads/t/runs").factsOfEvent("done", "[DONE]"), { isEnd: true });
  assertEquals(handedFormat("/responses").factsOfEvent("response.completed", "{}").isEnd, true);
});

Deno.test("handedFormat() reads errors in whatever event they come", () => {
  const faultOf = (name: string, event: object) => {
    const { fault } = handedFormat("/responses").factsOfEvent(name, JSON.stringify(event));
    return fault && [fault.message, fault.code];
  };
  const error = { code: "server_error", message: "It broke" };
  assertEquals(faultOf("message", { error }), ["It broke", "server_error"]);
  assertEquals(faultOf("error", error), ["It broke", "server_error"]);
  assertEquals(faultOf("error", { type: "error", ...error }), ["It broke", "server_error"]);
  assertEquals(faultOf("error", { type: "error", error }), ["It broke", "server_error"]);
  assertEquals(
    faultOf("message", { type: "response.failed", response: { status: "failed", error } }),
    ["It broke", "server_error"],
  );
  assertEquals(faultOf("thread.run.failed", { object: "thread.run", last_error: error }), [
    "It broke",
    "server_error",
  ]);
  assertEquals(
    faultOf("message", { type: "response.completed", response: { error: null } }),
    undefined,
  );
  assertEquals(faultOf("message", { error: {} }), undefined);
  assertEquals(faultOf("message", { message: "a sign of life" }), undefined);
});

Deno.test("handedFormat() reads a whole answer: its model, its usage, its error", () => {
  const { factsOfWhole } = handedFormat("/responses");
  const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
  const { usage: read, model } = factsOfWhole({ model: "m", usage, error: null });
  assertEquals([read?.totalTokens, model], [7, "m"]);
  assertEquals(factsOfWhole({ id: "job", error: { code: null, message: null } }), {});
  const { fault } = factsOfWhole({ status: "failed", error: { message: "no", code: "x" } });
  assertEquals([fault?.message, fault?.code], ["no", "x"]);
});

Deno.test("decodeHandedUsage() reads all three forms", () => {
  const read = (raw: Parameters<typeof decodeHandedUsage>[0]) => {
    const { native: _, ...usage } = decodeHandedUsage(raw) ?? {};
    return usage;
  };
  const details = { input_tokens_details: { cached_tokens: 2 } };
  assertEquals(
    read({
      input_tokens: 3,
      output_tokens: 4,
      total_tokens: 7,
      output_tokens_details: { reasoning_tokens: 1 },
      ...details,
    }),
    {
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
      cachedInputTokens: 2,
      reasoningOutputTokens: 1,
    },
  );
  assertEquals(read({ prompt_tokens: 3, total_tokens: 3 }), {
    inputTokens: 3,
    outputTokens: 0,
    totalTokens: 3,
  });
  assertEquals(read({ input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 5 }), {
    inputTokens: 8,
    outputTokens: 4,
    totalTokens: 12,
    cachedInputTokens: 5,
  });
  assertEquals(read({ type: "duration", seconds: 9 }), {});
  assertEquals(read(null), {});
});

Deno.test("handedRequests() tells what is known of a request, and assumes no answer", () => {
  const { facts, name } = handedRequests(openaiChat.request);
  assertEquals(name, openaiChat.name);
  const told = facts({ model: "m", input: "hi", instructions: "be", n: 4, temperature: 0 });
  assertEquals([told.prompt, told.choices, told.maxOutputTokens, told.isDeterministic], [
    ["hi", "be"],
    1,
    0,
    false,
  ]);
  assertEquals(facts({ max_output_tokens: 9 }).maxOutputTokens, 9);
  assertEquals(facts({ max_tokens: 8 }).maxOutputTokens, 8);
  assertEquals(facts({}).prompt, []);
});
