import { assertEquals, assertStrictEquals } from "@std/assert";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { providerOf } from "./providers_of.ts";

const OPENAI = { OPENAI_API_KEY: "k" };
const VENICE = { VENICE_API_KEY: "k" };

Deno.test("cleanError() leaves an error in OpenAI's form as it came", () => {
  const body = { error: { message: "No", type: "invalid_request_error", param: null, code: "x" } };
  for (const environment of [OPENAI, VENICE, { OPENROUTER_API_KEY: "k" }]) {
    assertStrictEquals(providerOf(environment).cleanError(body, 400, openaiChat), body);
  }
});

Deno.test("cleanError() makes OpenAI's form of every other one", () => {
  const cases = [
    [{ error: "Slow down" }, 429, "Slow down", "rate_limit_error", "rate_limit_exceeded"],
    [{ error: "Wrong key" }, 401, "Wrong key", "authentication_error", "invalid_api_key"],
    [{ error: "No money" }, 402, "No money", "insufficient_quota", "insufficient_quota"],
    [{ error: "Odd" }, 418, "Odd", "invalid_request_error", "invalid_request"],
    [{ error: "Broken" }, 500, "Broken", "server_error", "server_error"],
    [
      { object: "error", message: "Too long", type: "BadRequestError", code: 400 },
      400,
      "Too long",
      "BadRequestError",
      "invalid_request",
    ],
    [{ detail: "Not Found" }, 404, "Not Found", "invalid_request_error", "not_found"],
    [
      { detail: [{ loc: ["body", "n"], msg: "Too big" }] },
      422,
      "n: Too big",
      "invalid_request_error",
      "unprocessable",
      "n",
    ],
    [{ error_code: 17, error_msg: "No" }, 400, "No", "invalid_request_error", "17"],
    [
      { error: { msg: "No", type: "odd" } },
      400,
      "No",
      "odd",
      "invalid_request",
      null,
      { msg: "No" },
    ],
    [{ message: "No route" }, 404, "No route", "invalid_request_error", "not_found"],
    [
      {},
      503,
      "The upstream answered with status 503",
      "service_unavailable_error",
      "server_is_overloaded",
    ],
  ] as const;
  for (const [body, status, message, type, code, param = null, kept = {}] of cases) {
    const clean = providerOf(OPENAI).cleanError(body, status, openaiChat);
    assertEquals(clean, { ...body, error: { ...kept, message, type, param, code } });
  }
});

Deno.test("cleanError() of Venice says which field is at fault, and keeps what it adds", () => {
  const details = { _errors: [], messages: { 0: { content: { _errors: ["Required"] } } } };
  const body = { error: "Invalid request parameters", details, issues: [] };
  assertEquals(providerOf(VENICE).cleanError(body, 400, openaiChat), {
    ...body,
    error: {
      message: `Invalid request parameters: "messages.0.content": Required`,
      type: "invalid_request_error",
      param: "messages.0.content",
      code: "invalid_request",
    },
  });
  const whole = { error: "Invalid", details: { _errors: ["Unrecognized key(s) 'x'"] } };
  assertEquals(providerOf(VENICE).cleanError(whole, 400, openaiChat).error, {
    message: "Invalid: Unrecognized key(s) 'x'",
    type: "invalid_request_error",
    param: null,
    code: "invalid_request",
  });
  const policy = { error: "No", suggested_prompt: "A kinder one" };
  assertEquals(
    providerOf(VENICE).cleanError(policy, 422, openaiChat)["suggested_prompt"],
    "A kinder one",
  );
});

Deno.test("cleanError() of Venice is not led astray by odd details", () => {
  let deep: Record<string, unknown> = { _errors: ["too deep"] };
  for (let depth = 0; depth < 100_000; depth++) deep = { below: deep };
  for (const details of ["text", [], null, { _errors: [7] }, { a: { _errors: "b" } }, deep]) {
    const body = { error: "Invalid", details: details as never };
    const { error } = providerOf(VENICE).cleanError(body, 400, openaiChat);
    assertEquals((error as { message: string }).message, "Invalid");
  }
});

Deno.test("cleanError() of OpenRouter takes the operator's account out", () => {
  const error = { code: 429, message: "Provider returned error" };
  const body = { error, user_id: "user-of-the-operator" };
  assertEquals(providerOf({ OPENROUTER_API_KEY: "k" }).cleanError(body, 429, openaiChat), {
    error,
  });
});
