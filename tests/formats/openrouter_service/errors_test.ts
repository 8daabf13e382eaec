import { assertEquals } from "@std/assert";
import { type ErrorKind, GatewayError } from "../../../src/core/gateway_error.ts";
import { openrouterService } from "../../../src/formats/openrouter_service/mod.ts";

const statusOf = (error: GatewayError) => openrouterService.statusOf?.(error);
const bodyOf = (error: GatewayError) => openrouterService.encode(error, "r").error;

Deno.test("a field at fault is named as the document does it", () => {
  const error = new GatewayError("invalid_request", "Model is required", { param: "model" });
  assertEquals(bodyOf(error), {
    code: 400,
    message: "Validation error",
    type: "validation",
    details: { field: "model", message: "Model is required" },
  });
});

Deno.test("every failure of Weir's own has its status and one of the four types", () => {
  const cases: readonly (readonly [ErrorKind, number, string])[] = [
    ["invalid_request", 400, "validation"],
    ["unauthenticated", 401, "validation"],
    ["not_found", 404, "validation"],
    ["method_not_allowed", 405, "validation"],
    ["request_timeout", 408, "validation"],
    ["body_too_large", 413, "validation"],
    ["unsupported_media_type", 415, "validation"],
    ["rate_limited", 429, "rate_limit"],
    ["internal", 500, "internal"],
    ["shutting_down", 503, "internal"],
    ["upstream_unreachable", 502, "openrouter"],
    ["upstream_invalid_response", 502, "openrouter"],
    ["upstream_truncated", 502, "openrouter"],
    ["upstream_timeout", 504, "openrouter"],
  ];
  for (const [kind, code, type] of cases) {
    const error = new GatewayError(kind, "A sentence");
    assertEquals(statusOf(error), code);
    assertEquals(bodyOf(error), { code, message: "A sentence", type, details: { code: kind } });
  }
});

Deno.test("an upstream's status stays where a client can act on it, and is 502 elsewhere", () => {
  const cases = [
    [400, 400, "validation"],
    [401, 502, "openrouter"],
    [402, 502, "openrouter"],
    [403, 403, "openrouter"],
    [404, 404, "validation"],
    [408, 504, "openrouter"],
    [409, 502, "openrouter"],
    [413, 413, "validation"],
    [422, 422, "validation"],
    [429, 429, "rate_limit"],
    [500, 502, "openrouter"],
    [502, 502, "openrouter"],
    [503, 503, "openrouter"],
    [504, 504, "openrouter"],
    [529, 502, "openrouter"],
  ] as const;
  for (const [status, code, type] of cases) {
    const error = new GatewayError("upstream_error", "No", { status, code: "its_own" });
    assertEquals([status, statusOf(error)], [status, code]);
    assertEquals(bodyOf(error), {
      code,
      message: "No",
      type,
      details: { code: "its_own", upstream_status: status },
    });
  }
});
