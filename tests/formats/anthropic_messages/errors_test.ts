/** Errors as Anthropic's clients read them, and as Anthropic and its proxies write them. */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";

const { error: format } = anthropicMessages;

function providerError(status: number, message: string, code?: string): GatewayError {
  return new GatewayError("upstream_error", message, {
    status,
    ...(code !== undefined && { code }),
  });
}

function typeOf(error: GatewayError): unknown {
  return (format.encode(error, "req_1")["error"] as JsonObject)["type"];
}

function messageOf(error: GatewayError): unknown {
  return (format.encode(error, "req_1")["error"] as JsonObject)["message"];
}

Deno.test("encode() writes the envelope", () => {
  assertEquals(format.encode(new GatewayError("rate_limited", "Slow down"), "req_1"), {
    type: "error",
    error: { type: "rate_limit_error", message: "Slow down" },
    request_id: "req_1",
  });
});

const TYPES: readonly (readonly [status: number, type: string])[] = [
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [405, "invalid_request_error"],
  [408, "invalid_request_error"],
  [409, "conflict_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [502, "api_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
];

for (const [status, type] of TYPES) {
  Deno.test(`encode() calls ${status} ${type}`, () => {
    const error = providerError(status, "Sorry");
    assertEquals(typeOf(error), type);
    assertEquals(format.statusOf!(error), status);
  });
}

Deno.test("encode() tells money from haste", () => {
  const { error } = format.encode(providerError(429, "Pay", "insufficient_quota"), "r");
  assertEquals((error as JsonObject)["details"], { error_code: "insufficient_quota" });
});

const OVERFLOWS: readonly (readonly [given: string, told: string])[] = [
  ["prompt is too long: 9 tokens > 8 maximum", "prompt is too long: 9 tokens > 8 maximum"],
  [
    "input length and `max_tokens` exceed context limit: 5 + 4 > 8, decrease input length",
    "input length and `max_tokens` exceed context limit: 5 + 4 > 8, decrease input length",
  ],
  [
    "This model's maximum context length is 8192 tokens. However, you requested 9,000 tokens " +
    "(5,000 in the messages, 4000 in the completion). Please reduce the length of the messages.",
    "input length and `max_tokens` exceed context limit: 5000 + 4000 > 8192. ",
  ],
  [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in " +
    "9000 tokens. Please reduce the length of the messages.",
    "prompt is too long: 9000 tokens > 8192 maximum. ",
  ],
  [
    "'max_tokens' is too large: 4000. This model's maximum context length is 8192 tokens and " +
    "your request has 5000 input tokens",
    "'max_tokens' is too large: 4000. This model's maximum",
  ],
  ["Your input exceeds the context window of this model", "Your input exceeds the context window"],
];

for (const [given, told] of OVERFLOWS) {
  Deno.test(`encode() words an overflow: ${given.slice(0, 60)}`, () => {
    for (const status of [400, 413, 422]) {
      const error = providerError(status, given);
      assertEquals(format.statusOf!(error), 400);
      assertEquals(typeOf(error), "invalid_request_error");
      assertEquals(String(messageOf(error)).startsWith(told), true, String(messageOf(error)));
    }
    assertEquals(String(messageOf(providerError(400, given))).endsWith(given), true);
  });
}

Deno.test("encode() gives an overflow its words where only its code tells", () => {
  const error = providerError(502, "The context is full", "context_length_exceeded");
  assertEquals(format.statusOf!(error), 400);
  assertEquals(messageOf(error), "prompt is too long: The context is full");
});

Deno.test("encode() leaves a rate limit a rate limit, whatever it says", () => {
  const message = "Request too large: reduce the length of the messages";
  const error = providerError(429, message);
  assertEquals([format.statusOf!(error), typeOf(error), messageOf(error)], [
    429,
    "rate_limit_error",
    message,
  ]);
});

Deno.test("encode() says so that a system message is refused as its clients know it", () => {
  const messages = [
    "System message must be at the beginning.",
    "messages.2.role must be 'user' or 'assistant', but got 'system'",
  ];
  for (const message of messages) {
    const told = String(messageOf(providerError(400, message)));
    assertEquals(/role 'system' is not supported/.test(told), true);
    assertEquals(told.endsWith(message), true);
  }
});

const FAULTS: readonly (readonly [body: JsonObject, fault: JsonObject | undefined])[] = [
  [{ type: "message", content: [] }, undefined],
  [{ type: "ping" }, undefined],
  [
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    { type: "overloaded_error", message: "Overloaded", status: 503 },
  ],
  [
    {
      type: "error",
      error: {
        type: "rate_limit_error",
        message: "Spent",
        details: { error_code: "enforced_spend_limit_reached" },
      },
    },
    {
      type: "rate_limit_error",
      message: "Spent",
      code: "enforced_spend_limit_reached",
      status: 429,
    },
  ],
  [
    { type: "error", error: { type: "invalid_request_error", message: "prompt is too long" } },
    {
      type: "invalid_request_error",
      message: "prompt is too long",
      code: "context_length_exceeded",
      status: 400,
    },
  ],
  [
    { type: "error", error: { type: "future_error", message: "?" } },
    { type: "future_error", message: "?" },
  ],
  [
    { error: { message: "bad key", type: "invalid_request_error", code: "invalid_api_key" } },
    { message: "bad key", type: "invalid_request_error", code: "invalid_api_key", status: 401 },
  ],
  [{ error: "plain words" }, { message: "plain words" }],
  [{ type: "error", message: "bare" }, { message: "bare" }],
];

for (const [body, fault] of FAULTS) {
  Deno.test(`faultOf() reads ${JSON.stringify(body)}`, () => {
    assertEquals<unknown>(anthropicMessages.faultOf(body), fault);
  });
}

Deno.test("encode() calls an overflow the request's fault, whatever its status was", () => {
  const words = "This model's maximum context length is 8192 tokens, however you requested 9000";
  for (const status of [400, 413, 500, 502]) {
    const error = providerError(status, words);
    assertEquals([status, typeOf(error)], [status, "invalid_request_error"]);
    assertEquals([status, format.statusOf!(error)], [status, 400]);
  }
  assertEquals(format.statusOf!(providerError(429, words)), 429);
});

Deno.test("faultOf() knows that what was counted may be paid", () => {
  const error = { message: "Provider disconnected", code: 502 };
  const counts = [{ completion_tokens: 120 }, { output_tokens: 120 }];
  for (const usage of counts) {
    assertEquals(anthropicMessages.faultOf({ error, usage })?.mayBePaid, true);
  }
  assertEquals(anthropicMessages.faultOf({ error })?.mayBePaid, undefined);
});
