/** Errors and failures in the words that Codex and OpenAI's SDKs act on. */

import { assertEquals } from "@std/assert";
import {
  type ErrorKind,
  GatewayError,
  type GatewayErrorOptions,
} from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { failureOf, faultOf } from "../../../src/formats/openai_responses/errors.ts";
import { openaiResponses } from "../../../src/formats/openai_responses/mod.ts";

function error(kind: ErrorKind, message: string, options: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(kind, message, options);
}

function written(failed: GatewayError): readonly unknown[] {
  const { encode, statusOf } = openaiResponses.error;
  const body = encode(failed, "req_1")["error"] as JsonObject;
  return [statusOf?.(failed), body["code"]];
}

Deno.test("an overflow is the request's own fault, whatever its provider called it", () => {
  const words = "This model's maximum context length is 8192 tokens";
  const overflow = error("upstream_error", words, { status: 400 });
  assertEquals(written(overflow), [400, "context_length_exceeded"]);
  assertEquals(failureOf(overflow).code, "context_length_exceeded");
  const named = error("upstream_error", "Full", { status: 500, code: "context_length_exceeded" });
  assertEquals(written(named), [400, "context_length_exceeded"]);
});

Deno.test("an overload is 503 with the code for it", () => {
  const overload = error("upstream_error", "Overloaded", { status: 529 });
  assertEquals(written(overload), [503, "server_is_overloaded"]);
  assertEquals(failureOf(overload).code, "server_is_overloaded");
});

Deno.test("other errors keep their code and status", () => {
  assertEquals(written(error("upstream_error", "No", { status: 404, code: "model_not_found" })), [
    404,
    "model_not_found",
  ]);
  assertEquals(written(error("rate_limited", "Slower")), [429, "rate_limited"]);
});

Deno.test("a failure of an answer that has begun has a code that tells what to do", () => {
  const code = (failed: GatewayError) => failureOf(failed).code;
  assertEquals(code(error("upstream_truncated", "Cut")), "server_error");
  assertEquals(code(error("upstream_timeout", "Late")), "server_error");
  assertEquals(code(error("upstream_error", "Broke", { status: 500 })), "server_error");
  assertEquals(code(error("upstream_error", "Bad", { status: 400 })), "invalid_prompt");
  assertEquals(code(error("upstream_error", "Pay", { status: 402 })), "insufficient_quota");
  assertEquals(
    code(error("upstream_error", "Pay", { status: 429, code: "credit_balance_exhausted" })),
    "insufficient_quota",
  );
  assertEquals(
    code(error("upstream_error", "No", { status: 400, code: "cyber_policy" })),
    "cyber_policy",
  );
});

Deno.test("a limit says how long to wait, once", () => {
  const late = { status: 429, retryAfterMs: 1_500 };
  assertEquals(failureOf(error("upstream_error", "Slower", late)), {
    code: "rate_limit_exceeded",
    message: "Slower. Please try again in 1.500s.",
  });
  const said = "Please try again in 2s";
  assertEquals(failureOf(error("upstream_error", said, late)).message, said);
});

Deno.test("faults are read from bodies, events and responses", () => {
  const failed = { code: "rate_limit_exceeded", message: "Slower" };
  const found = (body: JsonObject) => {
    const { message, code, status, mayBePaid } = faultOf(body) ?? { message: undefined };
    return [message, code, status, mayBePaid];
  };
  const expected = ["Slower", "rate_limit_exceeded", 429, undefined];
  assertEquals(found({ error: failed }), expected);
  assertEquals(found({ type: "error", ...failed, param: null }), expected);
  assertEquals(found({ type: "error", error: failed }), expected);
  const response = { object: "response", status: "failed", error: failed, output: [] };
  assertEquals(found(response), expected);
  assertEquals(found({ type: "response.failed", response }), expected);
  assertEquals(found({ ...response, output: [{}] }), [...expected.slice(0, 3), true]);
  assertEquals(found({ object: "response", status: "cancelled", error: null }), [
    "The response was cancelled",
    "response_cancelled",
    undefined,
    true,
  ]);
  assertEquals(faultOf({ object: "response", status: "completed", error: null }), undefined);
});
