/** How streams that are written end: never in silence, and never as complete where they are not. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { checkResponsesStream } from "../stream_checker.ts";
import { add, begin, call, end, responseOf, TEXT } from "./short_answers.ts";
import { CUT, encodeAll, readFrames } from "./stream_cases.ts";

Deno.test("a bound or a filter ends a response as incomplete (T89)", () => {
  const cut = [begin(0, call("f")), add(0, '{"x":'), end(0)];
  const bound: ChatEvent = { type: "finish", choice: 0, reason: "length", raw: "length" };
  const response = responseOf([...cut, bound]);
  assertEquals(response["status"], "incomplete");
  assertEquals(response["incomplete_details"], { reason: "max_output_tokens" });
  const filtered = responseOf([...TEXT, {
    type: "finish",
    choice: 0,
    reason: "content_filter",
    raw: "refusal",
    explanation: "Not that",
  }]);
  assertEquals(filtered["incomplete_details"], { reason: "content_filter" });
  assertStringIncludes(JSON.stringify(filtered["output"]), `"refusal":"Not that"`);
});

Deno.test("a conversation that is full is a failure, not a short answer", () => {
  const full: ChatEvent = {
    type: "finish",
    choice: 0,
    reason: "length",
    raw: "model_context_window_exceeded",
  };
  const last = readFrames(encodeAll([...TEXT, full])).at(-1)!;
  assertEquals(last["type"], "response.failed");
  assertStringIncludes(JSON.stringify(last), `"code":"context_length_exceeded"`);
});

Deno.test("a stream that is cut fails, with what was done by then and no more (T79, T82)", () => {
  for (let count = 0; count <= TEXT.length; count++) {
    const stream = encodeAll(TEXT.slice(0, count), {}, { kind: "failed", error: CUT });
    assertEquals(checkResponsesStream(stream), []);
    const last = readFrames(stream).at(-1)!;
    assertEquals(last["type"], "response.failed");
    const { error, output } = last["response"] as JsonObject;
    assertEquals((error as JsonObject)["code"], "server_error");
    assertEquals(output, []);
  }
});
