import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { decodeAll, decoderOf } from "../stream_cases.ts";

function decode(...deltas: readonly JsonObject[]): readonly ChatEvent[] {
  const chunks = deltas.map((delta) => JSON.stringify({ id: "c", choices: [{ index: 0, delta }] }));
  const stream = [...chunks, "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  return decodeAll(decoderOf({ dialect: "openai_chat" }), [new TextEncoder().encode(stream)]);
}

/** `type block` of each event of a block. */
function bordersOf(events: readonly ChatEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (!("block" in event)) return [];
    const type = event.type === "block_start" ? event.part.type : event.type.replace("block_", "");
    return [`${type} ${event.block}`];
  });
}

Deno.test("a text ends where another kind begins, and calls with the answer", () => {
  const call = (index: number, args: string) => ({
    tool_calls: [{ index, id: `c${index}`, function: { name: "f", arguments: args } }],
  });
  const events = decode(
    { role: "assistant", content: "" },
    { reasoning: "a" },
    { reasoning: "b" },
    { content: "c" },
    { content: "d" },
    { reasoning_content: "e" },
    { refusal: "f" },
    call(0, "1"),
    call(1, "2"),
    { tool_calls: [{ index: 0, function: { arguments: "3" } }] },
    { content: "g" },
  );
  assertEquals(bordersOf(events), [
    ...["reasoning 0", "delta 0", "end 0", "text 1", "delta 1", "end 1", "reasoning 2", "end 2"],
    ...["refusal 3", "end 3", "tool_call 4", "delta 4", "tool_call 5", "delta 5", "delta 4"],
    ...["text 6", "end 6", "end 4", "end 5"],
  ]);
});

Deno.test("reasoning is divided by the numbers of its details, and each has its own seal", () => {
  const detail = (rest: JsonObject) => ({ reasoning_details: [rest] });
  const format = "anthropic-claude-v1";
  const events = decode(
    { reasoning: "a", ...detail({ type: "reasoning.text", text: "a", index: 0, format }) },
    detail({ type: "reasoning.text", signature: "s0", index: 0, format }),
    detail({ type: "reasoning.encrypted", data: "x", index: 1, format }),
    { reasoning: "b", ...detail({ type: "reasoning.text", text: "b", index: 2, format }) },
    { content: "c" },
    detail({ type: "reasoning.text", signature: "late", index: 2, format }),
    detail({ type: "reasoning.server_tool_call", tool_name: "t" }),
  );
  const issuer = "anthropic_messages";
  const [choice] = collectAnswer(events).choices;
  assertEquals(choice?.parts, [
    { type: "reasoning", text: "a", seal: { value: "s0", issuer } },
    { type: "sealed", seal: { value: "x", issuer } },
    { type: "reasoning", text: "b" },
    { type: "text", text: "c" },
    { type: "reasoning", text: "", seal: { value: "late", issuer } },
  ]);
  assertEquals(choice?.natives, [{
    format: "openai_chat",
    name: "reasoning_details",
    value: [{ type: "reasoning.server_tool_call", tool_name: "t" }],
  }]);
});

Deno.test("images are parts, and citations belong to the last text, though it has ended", () => {
  const cited = { type: "url_citation", url_citation: { url: "https://a.example/", title: "A" } };
  const url = "data:image/png;base64,AA==";
  const events = decode(
    { annotations: [{ type: "early" }] },
    { content: "a" },
    { images: [{ type: "image_url", image_url: { url } }, { url }] },
    { annotations: [cited] },
  );
  const [choice] = collectAnswer(events).choices;
  assertEquals(choice?.parts, [
    {
      type: "text",
      text: "a",
      citations: [{
        url: "https://a.example/",
        title: "A",
        native: { format: "openai_chat", value: cited },
      }],
    },
    {
      type: "media",
      kind: "image",
      source: { type: "inline", mediaType: "image/png", data: "AA==" },
    },
  ]);
  assertEquals(choice?.natives.map(({ name, value }) => [name, value]), [
    ["annotations", [{ type: "early" }]],
    ["images", [{ url }]],
  ]);
});
