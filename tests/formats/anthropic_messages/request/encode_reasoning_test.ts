/** How much a model is asked to think, by its name. */

import { assertEquals } from "@std/assert";
import type { ChatRequest } from "../../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { traitsOf } from "../../../../src/formats/anthropic_messages/request/model_traits.ts";
import { call, encode, OPUS_5_5, result, say, TOOLS } from "./neutral_requests.ts";

const REASONING: readonly (readonly [
  what: string,
  fields: Partial<ChatRequest>,
  expected: JsonObject,
  warned?: number,
])[] = [
  ["nothing", {}, { max_tokens: 16_384 }],
  ["none", { reasoning: { effort: "none" } }, {
    thinking: { type: "disabled" },
    max_tokens: 16_384,
  }],
  ["an effort as a budget", { reasoning: { effort: "low" } }, {
    thinking: { type: "enabled", budget_tokens: 4_096 },
    max_tokens: 20_480,
  }],
  ["a number", { reasoning: { maxTokens: 3_000 }, maxOutputTokens: 4_000 }, {
    thinking: { type: "enabled", budget_tokens: 3_000 },
    max_tokens: 4_000,
  }],
  ["a number above the bound", { reasoning: { maxTokens: 9_000 }, maxOutputTokens: 4_000 }, {
    thinking: { type: "enabled", budget_tokens: 3_200 },
    max_tokens: 4_000,
  }],
  ["an effort within a small bound", { reasoning: { effort: "high" }, maxOutputTokens: 100 }, {
    max_tokens: 100,
  }, 1],
  ["an effort of a newer model", { model: OPUS_5_5, reasoning: { effort: "minimal" } }, {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "low" },
    max_tokens: 16_384,
  }, 1],
  ["a number of a newer model", { model: OPUS_5_5, reasoning: { mode: "on", maxTokens: 9_000 } }, {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "medium" },
    max_tokens: 16_384,
  }, 1],
  ["xhigh where it is not known", {
    model: "claude-opus-4-6",
    reasoning: { effort: "xhigh", isHidden: true },
  }, {
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "high" },
    max_tokens: 16_384,
  }, 1],
  ["a number where either is known", {
    model: "claude-sonnet-4-6",
    reasoning: { maxTokens: 2_000, isHidden: true },
  }, {
    thinking: { type: "enabled", budget_tokens: 2_000, display: "omitted" },
    max_tokens: 18_384,
  }],
  ["hidden where it cannot be", { model: "kimi-k3", reasoning: { mode: "on", isHidden: true } }, {
    thinking: { type: "enabled", budget_tokens: 6_553 },
    max_tokens: 8_192,
  }, 1],
  [
    "thinking where a tool is forced",
    {
      reasoning: { effort: "high" },
      tools: TOOLS,
      toolChoice: "required",
    },
    { max_tokens: 16_384 },
    1,
  ],
  [
    "thinking after calls without it",
    {
      reasoning: { effort: "high" },
      messages: [say("user", "Hi"), say("assistant", call("c", "{}")), say("tool", result("c"))],
    },
    { max_tokens: 16_384 },
    1,
  ],
  [
    "thinking of a model that has none",
    {
      model: "claude-3-haiku-20240307",
      reasoning: { effort: "high" },
    },
    { max_tokens: 4_096 },
    1,
  ],
];

for (const [what, fields, expected, warned = 0] of REASONING) {
  Deno.test(`encodeRequest() asks for reasoning: ${what}`, () => {
    const { body, warnings } = encode(fields);
    const { thinking, output_config, max_tokens } = body;
    assertEquals(JSON.parse(JSON.stringify({ thinking, output_config, max_tokens })), expected);
    assertEquals(warnings.length, warned, warnings.join("\n"));
  });
}

Deno.test("encodeRequest() keeps a budget below the bound, whatever is asked", () => {
  for (const maxOutputTokens of [undefined, 1, 1_024, 1_281, 5_000, 70_000]) {
    for (const maxTokens of [undefined, 1, 1_024, 5_000, 64_000, 1_000_000]) {
      for (const effort of [undefined, "minimal", "max", "own-word"]) {
        const { body } = encode({
          reasoning: {
            mode: "on",
            ...(maxTokens !== undefined && { maxTokens }),
            ...(effort !== undefined && { effort }),
          },
          ...(maxOutputTokens !== undefined && { maxOutputTokens }),
        });
        const budget = (body["thinking"] as JsonObject | undefined)?.["budget_tokens"];
        if (budget === undefined) continue;
        assertEquals(Number(budget) < Number(body["max_tokens"]), true);
        assertEquals(Number(budget) >= 1_024, true);
      }
    }
  }
});

Deno.test("traitsOf() knows models by the names that clouds give them", () => {
  const names: readonly (readonly [string, number, string])[] = [
    ["claude-3-opus-20240229", 4_096, "none"],
    ["claude-3-5-sonnet-latest", 8_192, "none"],
    ["claude-3-7-sonnet-20250219", 64_000, "budget"],
    ["claude-opus-4-20250514", 32_000, "budget"],
    ["claude-opus-4-1-20250805", 32_000, "budget"],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 64_000, "budget"],
    ["anthropic/claude-sonnet-4.6", 64_000, "either"],
    ["claude-opus-4-6@20260101", 128_000, "either"],
    ["claude-fable-5", 128_000, "adaptive"],
    ["claude-latest", 128_000, "adaptive"],
    ["kimi-k3", 8_192, "budget"],
  ];
  for (const [name, maxOutputTokens, thinking] of names) {
    const traits = traitsOf(name);
    assertEquals([name, traits.maxOutputTokens, traits.thinking], [
      name,
      maxOutputTokens,
      thinking,
    ]);
  }
});
