import { assertEquals } from "@std/assert";
import { isTooLong, statusByWords } from "../../../src/formats/openai_chat/errors/fault_status.ts";

Deno.test("statusByWords() knows whose fault the words of providers speak of", () => {
  const sentences: Readonly<Record<string, readonly string[]>> = {
    400: [
      "InvalidParameter Range of max_tokens should be [1, 8192]",
      "the max input characters is 20000",
      "invalid_request: temperature must be at most 2",
      "DataInspectionFailed Input data may contain inappropriate content.",
      "Missing required parameter: 'messages'.",
      "Unsupported parameter: 'max_tokens'",
      "参数错误",
    ],
    401: [
      "Incorrect API key provided: sk-***",
      "InvalidApiKey",
      "Unauthorized",
      "API key is invalid",
    ],
    402: [
      "insufficient balance",
      "Insufficient Account Balance",
      "Your credits are exhausted",
      "Arrearage Access denied, please make sure your account is in good standing.",
      "余额不足或无可用资源包,请充值。",
    ],
    404: [
      "The model `gpt-9` does not exist",
      "ModelNotFound",
      "Unknown model",
      "model 'x' not found",
    ],
    429: ["Rate limit exceeded", "Throttling.RateQuota", "Too Many Requests", "您当前请求过多"],
    503: [
      "The service is busy",
      "The engine is currently overloaded, please try again later.",
      "Service unavailable",
    ],
    504: ["The upstream request timed out.", "context deadline exceeded"],
    500: ["Internal server error", "InternalError.Algo", "Inference failed"],
    undefined: ["It failed", "No", "", "Too many tokens, please wait before trying again"],
  };
  for (const [status, texts] of Object.entries(sentences)) {
    for (const text of texts) assertEquals(String(statusByWords(text)), status, text);
  }
});

Deno.test("isTooLong() reads what no repetition makes shorter", () => {
  for (
    const text of [
      "This model's maximum context length is 8192 tokens",
      "context_length_exceeded",
      "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000",
      "prompt is too long: 205000 tokens > 200000 maximum",
    ]
  ) assertEquals(isTooLong(text), true, text);
  for (const text of ["Please reduce the number of requests", "It takes too long", "Rate limit"]) {
    assertEquals(isTooLong(text), false, text);
  }
});
