/** What a client of the format says comes out of the neutral form as it went in. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";

const OPUS = "claude-opus-5-5";
const EPHEMERAL = { type: "ephemeral" };

const USER = { role: "user", content: [{ type: "text", text: "Hi" }] };

const REQUESTS: Readonly<Record<string, JsonObject>> = {
  "a conversation with tools": {
    model: OPUS,
    max_tokens: 2_000,
    stream: true,
    system: [{ type: "text", text: "Help", cache_control: { ...EPHEMERAL, ttl: "1h" } }],
    messages: [
      USER,
      { role: "system", content: [{ type: "text", text: "Briefly", cache_control: EPHEMERAL }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm", signature: "c2ln" },
          { type: "redacted_thinking", data: "b3BhcXVl" },
          { type: "text", text: "Looking" },
          { type: "tool_use", id: "toolu_1", name: "get", input: { a: [1, null, { b: "é" }] } },
          { type: "tool_use", id: "toolu_2", name: "now", input: {}, cache_control: EPHEMERAL },
          { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
          { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            content: [
              { type: "text", text: "seen" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
            ],
          },
          { type: "tool_result", tool_use_id: "toolu_2", is_error: true, cache_control: EPHEMERAL },
          { type: "text", text: "Well?" },
        ],
      },
    ],
    tools: [
      { name: "get", description: "Gets", input_schema: { type: "object" }, strict: true },
      {
        name: "now",
        input_schema: { type: "object", properties: {} },
        defer_loading: true,
        cache_control: EPHEMERAL,
      },
      { type: "web_search_20250305", name: "web_search", max_uses: 1 },
    ],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
    stop_sequences: ["END"],
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "xhigh", format: { type: "json_schema", schema: { type: "object" } } },
    metadata: { user_id: "{}" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    service_tier: "auto",
  },
  "an older model with a budget": {
    model: "claude-haiku-4-5-20251001",
    max_tokens: 32_000,
    messages: [USER],
    thinking: { type: "enabled", budget_tokens: 31_999 },
  },
  "numbers of sampling": {
    model: "claude-3-5-haiku-latest",
    max_tokens: 10,
    messages: [USER],
    temperature: 0.5,
    top_k: 5,
  },
  "media of every kind": {
    model: OPUS,
    max_tokens: 10,
    messages: [{
      role: "user",
      content: [
        { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        { type: "image", source: { type: "file", file_id: "file_1" } },
        {
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "AA==" },
          title: "a.pdf",
          cache_control: EPHEMERAL,
        },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "words" } },
      ],
    }],
  },
};

for (const [what, request] of Object.entries(REQUESTS)) {
  Deno.test(`a request comes back as it went in: ${what}`, () => {
    const { body, warnings } = anthropicMessages.encodeRequest(
      anthropicMessages.request.decode(request),
    );
    assertEquals(body, request);
    assertEquals(warnings, []);
  });
}

Deno.test("an answer comes back as it went in", () => {
  const answer: JsonObject = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: OPUS,
    content: [
      { type: "thinking", thinking: "Hm", signature: "c2ln" },
      { type: "redacted_thinking", data: "b3BhcXVl" },
      {
        type: "text",
        text: "Cited",
        citations: [{ type: "char_location", cited_text: "q", document_title: "D" }],
      },
      { type: "tool_use", id: "toolu_1", name: "get", input: { a: 1 } },
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    container: { id: "c1" },
    usage: { input_tokens: 3, output_tokens: 4, service_tier: "standard" },
  };
  const events = anthropicMessages.decodeWhole(answer);
  const options = { id: "x", model: "x", createdSeconds: 0, includeUsage: true };
  assertEquals(anthropicMessages.answer.encodeWhole(events, options), answer);
});
