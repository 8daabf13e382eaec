/** A budget that is spent, as the clients of each API are told: none of them is to come again and again. */

import { assertEquals, assertMatch } from "@std/assert";
import type { ErrorFormat } from "../../src/core/format.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { invokedMessagesOfClients } from "../../src/formats/bedrock_invoke/mod.ts";
import { gemini } from "../../src/formats/gemini/mod.ts";
import { ollamaChat } from "../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { openrouterService } from "../../src/formats/openrouter_service/mod.ts";
import { openrouterSocketErrors } from "../../src/formats/openrouter_socket/mod.ts";

const MESSAGE = "The budget is spent; it renews at 2026-12-01T00:00:00Z";

const SPENT = new GatewayError("budget_exceeded", MESSAGE, {
  shouldRetry: false,
  renewsAtMs: Date.UTC(2026, 11, 1),
});

const RESERVED = new GatewayError("budget_exceeded", "Calls that run may spend the budget", {
  status: 429,
  type: "rate_limit_error",
  code: "budget_reserved",
  retryAfterMs: 1_000,
});

interface Row {
  readonly format: ErrorFormat;
  readonly status: number;
  /** Words of the body by which clients go. */
  readonly words: RegExp;
}

const ROWS: Readonly<Record<string, Row>> = {
  "OpenAI's SDKs send a 402 once": {
    format: openaiChat.error,
    status: 402,
    words: /"type":"insufficient_quota".*"code":"budget_exceeded"/,
  },
  "Codex gives up at a limit only where it is a 429 of this type": {
    format: openaiResponses.error,
    status: 429,
    words: /"type":"usage_limit_reached".*"resets_at":1796083200/,
  },
  "Claude Code sends a 402 once": {
    format: anthropicMessages.error,
    status: 402,
    words: /"type":"billing_error"/,
  },
  "AWS's clients know it as an exception": {
    format: invokedMessagesOfClients.error,
    status: 402,
    words: /"message"/,
  },
  "Google's clients send 429 again, and 402 not": {
    format: gemini.error,
    status: 402,
    words: /"code":402.*"status":"RESOURCE_EXHAUSTED".*"reason":"BUDGET_EXCEEDED"/,
  },
  "Ollama's clients read a sentence": {
    format: ollamaChat.error,
    status: 402,
    words: /^\{"error":"The budget/,
  },
  "the OpenRouter service's clients read the status as the code": {
    format: openrouterService,
    status: 402,
    words: /"code":402.*"code":"budget_exceeded"/,
  },
  "on a socket as well": {
    format: openrouterSocketErrors,
    status: 402,
    words: /"code":402.*"code":"budget_exceeded"/,
  },
};

for (const [name, { format, status, words }] of Object.entries(ROWS)) {
  Deno.test(`A budget that is spent: ${name}`, () => {
    const statusOf = (error: GatewayError) => format.statusOf?.(error) ?? error.status;
    const text = JSON.stringify(format.encode(SPENT, "id"));
    assertEquals(statusOf(SPENT), status);
    assertMatch(text, words);
    assertMatch(text, /budget is spent; it renews at 2026-12-01/);
    const later = JSON.stringify(format.encode(RESERVED, "id"));
    assertEquals(statusOf(RESERVED), 429, "what may pass is waited for");
    assertMatch(later, /budget/);
  });
}
