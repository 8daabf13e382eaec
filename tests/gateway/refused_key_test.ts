import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { explainRefusedKey } from "../../src/gateway/tries/keys/refused_key.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";

const provider = openaiStyle({
  name: "mine",
  baseUrl: "http://mine.test/v1",
  reason: "",
  keySetting: "UPSTREAM_MINE_API_KEY",
});

function answered(status: number, message: string, code = "upstream_error"): GatewayError {
  return new GatewayError("upstream_error", message, { status, code });
}

Deno.test("a refused key is told from a refused request, whatever the status", () => {
  for (
    const error of [
      answered(401, "anything"),
      answered(400, "API key not valid. Please pass a valid API key."),
      answered(400, "Incorrect API key provided: xa***ey"),
      answered(403, "Invalid API key"),
      answered(403, "No", "InvalidApiKey"),
    ]
  ) {
    const explained = explainRefusedKey(error, provider);
    const {
      kind,
      status,
      code,
      upstreamStatus,
      shouldRetry,
      message,
      cause,
      answer,
    } = explained;
    assertEquals([kind, status, code, shouldRetry], [
      "upstream_auth_failed",
      502,
      "upstream_auth_failed",
      false,
    ]);
    assertEquals(upstreamStatus, error.status);
    assertMatch(message, /"mine" .*whoever runs this gateway must/);
    assertMatch(String(cause), /Set UPSTREAM_MINE_API_KEY: mine refused the key with 40\d/);
    assertEquals(answer, undefined, "what it says of the key is not the client's");
  }
});

Deno.test("what is not about the key stays as it is", () => {
  for (
    const error of [
      answered(400, `Unknown parameter "invalid api key"`),
      answered(403, "Country, region, or territory not supported"),
      answered(403, "Your input was flagged by moderation"),
      answered(404, "Invalid API key"),
      answered(429, "Rate limit reached"),
      answered(500, "authentication service is down"),
      new GatewayError("unauthenticated", "Weir's own word"),
    ]
  ) assertStrictEquals(explainRefusedKey(error, provider), error, error.message);
  const played = openaiStyle({ name: "fake", baseUrl: "http://fake.test", reason: "" });
  const error = answered(401, "as the prompt asked for");
  assertStrictEquals(explainRefusedKey(error, played), error);
});
