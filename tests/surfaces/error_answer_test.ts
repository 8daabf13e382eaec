import { assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openrouterService } from "../../src/formats/openrouter_service/mod.ts";
import { errorAnswer } from "../../src/surfaces/error_answer.ts";
import { toResponse } from "../support/http.ts";

const BODY = `{"error": {"message": "Slow down", "type": "rate_limit_error", "more": 1}}`;
const ERROR = new GatewayError("upstream_error", "Slow down", {
  status: 429,
  type: "rate_limit_error",
  code: "slow",
  answer: {
    status: 429,
    headers: [["x-ratelimit-limit-requests", "20"]],
    format: openaiChat.error.name,
    body: new TextEncoder().encode(BODY),
  },
});

Deno.test("errorAnswer() hands an upstream's own error on to clients of its format", async () => {
  const response = toResponse(errorAnswer(ERROR, openaiChat.error, "id"));
  assertEquals([response.status, await response.text()], [429, BODY]);
  assertEquals(response.headers.get("x-ratelimit-limit-requests"), "20");
});

Deno.test("errorAnswer() writes it in the client's format otherwise, in the upstream's words", async () => {
  for (const format of [anthropicMessages.error, openrouterService]) {
    const response = toResponse(errorAnswer(ERROR, format, "id"));
    const { error } = await response.json();
    assertEquals([response.status, error.message], [429, "Slow down"], format.name);
    assertEquals(Object.hasOwn(error, "more"), false, format.name);
  }
  const { request_id: requestId } = await toResponse(
    errorAnswer(ERROR, anthropicMessages.error, "id"),
  ).json();
  assertEquals(requestId, "id");
});

Deno.test("errorAnswer() calls an overflow no fault of the server, where the client's format knows one", async () => {
  const body = `{"type":"error","error":{"type":"api_error","message":"prompt is too long"}}`;
  const statuses = [[500, 400], [413, 413]] as const;
  for (const [status, told] of statuses) {
    const answer = {
      status,
      headers: [],
      format: anthropicMessages.error.name,
      body: new TextEncoder().encode(body),
    };
    const error = new GatewayError("upstream_error", "prompt is too long", { status, answer });
    const response = toResponse(errorAnswer(error, anthropicMessages.error, "id"));
    assertEquals([response.status, await response.text()], [told, body]);
  }
});
