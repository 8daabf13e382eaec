import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import {
  encodeError,
  faultOf,
  isErrorForClients,
} from "../../../src/dialects/openai_chat/errors.ts";

Deno.test("faultOf() reads every form of error that was seen", () => {
  const forms: readonly (readonly [name: string, body: JsonObject, fault: unknown])[] = [
    [
      "OpenAI",
      { error: { message: "No", type: "invalid_request_error", code: null, param: "n" } },
      { message: "No", type: "invalid_request_error", status: 400 },
    ],
    [
      "OpenAI, where the code says more than the type",
      { error: { message: "No", type: "invalid_request_error", code: "invalid_api_key" } },
      { message: "No", type: "invalid_request_error", code: "invalid_api_key", status: 401 },
    ],
    ["OpenRouter", { error: { message: "No", code: 402 } }, { message: "No", status: 402 }],
    [
      "OpenRouter with its own word",
      { error: { message: "No", code: 502, metadata: { error_type: "provider_overloaded" } } },
      { message: "No", code: "provider_overloaded", status: 502 },
    ],
    [
      "OpenRouter, older",
      { error: { message: "No", code: "server_error" } },
      { message: "No", code: "server_error", status: 500 },
    ],
    [
      "Groq",
      { error: { message: "No", code: "tool_use_failed", status_code: 400 } },
      { message: "No", code: "tool_use_failed", status: 400 },
    ],
    ["Venice", { error: "No", details: {} }, { message: "No" }],
    [
      "vLLM",
      { object: "error", message: "No", type: "BadRequestError", code: 400 },
      { message: "No", type: "BadRequestError", status: 400 },
    ],
    [
      "a failed choice",
      { choices: [{ finish_reason: "error", error: { message: "No", code: 502 } }] },
      { message: "No", status: 502 },
    ],
    ["a code that is no status", { error: { message: "No", code: 1302 } }, {
      message: "No",
      code: "1302",
    }],
    ["a message that is no text", { error: { message: { field: "bad" } } }, {
      message: `{"field":"bad"}`,
    }],
    ["nothing but the fact", { error: {} }, {
      message: "The upstream reported an error without a message",
    }],
    ["a name of JavaScript's own", { error: { message: "No", code: "constructor" } }, {
      message: "No",
      code: "constructor",
    }],
  ];
  for (const [name, body, fault] of forms) assertEquals(faultOf(body), fault, name);
});

Deno.test("faultOf() finds no fault where none is stated", () => {
  const bodies: readonly JsonObject[] = [
    {},
    { error: null },
    { error: "" },
    { object: "chat.completion", choices: [{ finish_reason: "stop" }] },
    { choices: [null, 1, { finish_reason: null }] },
  ];
  for (const body of bodies) {
    assertEquals(faultOf(body), undefined);
    assertEquals(isErrorForClients(body), false);
  }
});

Deno.test("encodeError() writes what OpenAI's clients read", () => {
  const error = new GatewayError("invalid_request", `"n" must be 1`, { param: "n" });
  assertEquals(encodeError(error), {
    error: {
      message: `"n" must be 1`,
      type: "invalid_request_error",
      param: "n",
      code: "invalid_request",
    },
  });
});
