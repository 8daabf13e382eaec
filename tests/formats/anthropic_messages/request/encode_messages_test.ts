/** Messages of a request, written as turns. */

import { assertEquals } from "@std/assert";
import type { Part } from "../../../../src/core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import {
  call,
  encode,
  fieldOf,
  OPUS_5_5,
  OWN,
  result,
  say,
  SONNET_4_5,
  text,
} from "./neutral_requests.ts";

Deno.test("encodeRequest() joins what the system says first, and leaves later words in place", () => {
  const messages = [
    say("system", "One"),
    { role: "system", parts: [{ ...text("Two"), cache: { ttl: "1h" as const } }] },
    say("user", "Hi"),
    say("assistant", "Yes?"),
    say("system", "Be brief"),
    say("user", "Go"),
  ];
  const older = encode({ messages }).body;
  assertEquals(older["system"], [
    { type: "text", text: "One" },
    { type: "text", text: "Two", cache_control: { type: "ephemeral", ttl: "1h" } },
  ]);
  assertEquals(older["messages"], [
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    { role: "assistant", content: [{ type: "text", text: "Yes?" }] },
    {
      role: "user",
      content: [
        { type: "text", text: "<system-reminder>\nBe brief\n</system-reminder>" },
        { type: "text", text: "Go" },
      ],
    },
  ]);
  assertEquals((fieldOf({ messages, model: OPUS_5_5 }, "messages") as JsonObject[])[2], {
    role: "system",
    content: [{ type: "text", text: "Be brief" }],
  });
});

Deno.test("encodeRequest() writes results of tools into one turn, before anything else", () => {
  const messages = [
    say("user", "Weather?"),
    say("assistant", "", call("call:1", `{"city":"Rome"}`), call("call_2", "")),
    say("tool", result("call:1", text("sunny"), text(""))),
    say("tool", { ...result("call_2"), isError: true } as Part),
    say("user", "Well?"),
  ];
  const expected = [
    { role: "user", content: [{ type: "text", text: "Weather?" }] },
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "call_3a1", name: "get", input: { city: "Rome" } },
        { type: "tool_use", id: "call_2", name: "get", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "call_3a1",
          content: [{ type: "text", text: "sunny" }],
        },
        { type: "tool_result", tool_use_id: "call_2", is_error: true },
        { type: "text", text: "Well?" },
      ],
    },
  ];
  assertEquals(fieldOf({ messages }, "messages"), expected);
});

for (const model of [SONNET_4_5, OPUS_5_5]) {
  Deno.test(`encodeRequest() lets nothing come between calls and results for ${model}`, () => {
    const turns = fieldOf({
      model,
      messages: [
        say("user", "Weather?"),
        say("assistant", call("c1", "{}"), call("c2", "{}")),
        say("tool", result("c1", text("a"))),
        say("system", "Careful"),
        say("tool", result("c2", text("b"))),
      ],
    }, "messages") as { role: string; content: JsonObject[] }[];
    assertEquals(turns[2]?.content.slice(0, 2).map(({ tool_use_id: id }) => id), ["c1", "c2"]);
    assertEquals(turns.map(({ role }) => role).slice(0, 3), ["user", "assistant", "user"]);
  });
}

Deno.test("encodeRequest() keeps its own seals and drops all others", () => {
  const { body, warnings } = encode({
    messages: [
      say("user", "Hi"),
      say(
        "assistant",
        { type: "reasoning", text: "Hm", seal: { value: "s1", issuer: OWN } },
        { type: "sealed", seal: { value: "d1", issuer: OWN } },
        { type: "reasoning", text: "Foreign", seal: { value: "s2", issuer: "gemini" } },
        { type: "sealed", seal: { value: "d2", issuer: "openai_responses" } },
        { type: "reasoning", text: "Unsigned" },
        "Yes",
      ),
      say("user", "Go"),
    ],
  });
  assertEquals((body["messages"] as JsonObject[])[1]?.["content"], [
    { type: "thinking", thinking: "Hm", signature: "s1" },
    { type: "redacted_thinking", data: "d1" },
    { type: "text", text: "Yes" },
  ]);
  assertEquals(warnings.map((warning) => /gemini|openai_responses|without/.exec(warning)?.[0]), [
    "gemini",
    "openai_responses",
    "without",
  ]);
});

Deno.test("encodeRequest() sends arguments as an object, whatever a model wrote", () => {
  const inputs: readonly (readonly [Part, JsonValue])[] = [
    [call("c", ""), {}],
    [call("c", " "), {}],
    [call("c", `{"a":1}`), { a: 1 }],
    [call("c", `{"a":`), { input: `{"a":` }],
    [call("c", `[1]`), { input: `[1]` }],
    [call("c", `*** Begin`, "custom"), { input: "*** Begin" }],
  ];
  for (const [part, input] of inputs) {
    const turns = fieldOf({
      messages: [say("user", "Hi"), say("assistant", part), say("tool", result("c"))],
    }, "messages") as { content: JsonObject[] }[];
    assertEquals(turns[1]?.content[0]?.["input"], input);
  }
});
