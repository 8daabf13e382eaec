import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import {
  encodeError,
  faultOf,
  faultOfChunk,
  isErrorForClients,
} from "../../../src/formats/openai_chat/errors/errors.ts";

const FORMS: readonly (readonly [name: string, body: JsonObject, fault: unknown])[] = [
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
  [
    "MiniMax",
    { base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    { message: "insufficient balance", code: "1008", status: 402 },
  ],
  [
    "DashScope",
    { code: "InvalidParameter", message: "No", request_id: "r" },
    { message: "No", code: "InvalidParameter", status: 400 },
  ],
  ["Baidu", { error_code: 17, error_msg: "Open api daily request limit reached" }, {
    message: "Open api daily request limit reached",
    code: "17",
  }],
  [
    "FastAPI",
    {
      detail: [{ type: "missing", loc: ["body", "messages", 0, "role"], msg: "Field required" }],
    },
    { message: "messages.0.role: Field required", status: 400 },
  ],
  [
    "Mistral",
    {
      object: "error",
      message: { detail: [{ type: "x", loc: ["body", "n"], msg: "Should be less than 2" }] },
      type: "invalid_request_error",
    },
    { message: "n: Should be less than 2", type: "invalid_request_error", status: 400 },
  ],
  ["Cloudflare", { success: false, errors: [{ code: 7003, message: "No" }], result: null }, {
    message: "No",
    code: "7003",
  }],
  ["texts in a list", { errors: ["No", "Never"] }, { message: "No; Never" }],
  [
    "RFC 9457",
    { title: "Not valid", status: 400, errors: { model: ["required"] } },
    { message: `Not valid: {"model":["required"]}`, status: 400 },
  ],
  [
    "NestJS",
    { error: "Bad Request", message: ["n must be 1"], statusCode: 400 },
    { message: "Bad Request: n must be 1", status: 400 },
  ],
  ["OAuth", { error: "invalid_token", error_description: "It has expired" }, {
    message: "invalid_token: It has expired",
  }],
  [
    "xAI",
    { code: "The caller does not have permission", error: "Incorrect API key provided" },
    {
      message: "Incorrect API key provided",
      code: "The caller does not have permission",
      status: 401,
    },
  ],
  [
    "OpenRouter, with the error of its provider as text",
    {
      error: {
        message: "Provider returned error",
        code: 502,
        metadata: { raw: `{"error":{"message":"The prompt is too long"}}` },
      },
    },
    {
      message: "Provider returned error: The prompt is too long",
      status: 502,
      wordsStatus: 400,
    },
  ],
  ["LiteLLM, whose code is a text", { error: { message: "No", code: "429" } }, {
    message: "No",
    status: 429,
  }],
  ["Tencent", { Response: { Error: { Code: "FailedOperation", Message: "No" } } }, {
    message: "No",
    code: "FailedOperation",
  }],
  ["a fact beside the sentence", { error: true, message: "No" }, { message: "No" }],
  ["a list", { error: [{ message: "No" }] }, { message: "No" }],
  ["a mere sentence", { message: "No" }, { message: "No", mayBePaid: true }],
  [
    "output that is counted",
    { error: "No", usage: { prompt_tokens: 1, completion_tokens: 2 } },
    { message: "No", mayBePaid: true },
  ],
  ["nothing but the fact", { error: {} }, {
    message: "The upstream reported an error without a message",
  }],
  ["a name of JavaScript's own", { error: { message: "No", code: "constructor" } }, {
    message: "No",
    code: "constructor",
  }],
];

Deno.test("faultOf() reads every form of error that was seen", () => {
  for (const [name, body, fault] of FORMS) assertEquals(faultOf(body), fault, name);
});

Deno.test("faultOf() finds no fault where none is stated", () => {
  const bodies: readonly JsonObject[] = [
    {},
    { error: null },
    { error: "" },
    { object: "chat.completion", choices: [{ finish_reason: "stop" }] },
    { choices: [null, 1, { finish_reason: null }] },
    { base_resp: { status_code: 0, status_msg: "success" }, choices: [] },
    { code: 0, msg: "ok", data: {} },
    { code: 10_000, msg: "All is well", data: [{ index: 0, embedding: [1] }] },
    { object: "list", data: [], usage: { prompt_tokens: 1 } },
    { id: "c", choices: [], usage: { completion_tokens: 1 } },
    { id: "c", status: "processing", message: "Please wait" },
  ];
  for (const body of bodies) {
    assertEquals(faultOf(body), undefined);
    assertEquals(isErrorForClients(body), false);
  }
});

Deno.test("a mere sentence is no fault of a stream: it may be a sign of life", () => {
  assertEquals(faultOfChunk({ message: "Still working" }), undefined);
});

Deno.test("a reason that is nested without end is found as far as people nest", () => {
  let error: JsonObject = { message: "Too deep" };
  for (let depth = 0; depth < 100_000; depth++) error = { error };
  assertEquals(faultOf(error)?.message, "The upstream reported an error without a message");
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
