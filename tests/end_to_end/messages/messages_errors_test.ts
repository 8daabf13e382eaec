/** Failures of Anthropic's API: its envelope, its words, and whose fault they are. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { ANTHROPIC_KEY, startAnthropic } from "../../support/providers/anthropic.ts";
import {
  type AnswerStandIn,
  serveStandIn,
  type StandIn,
} from "../../support/providers/stand_in.ts";
import { endedWith, together } from "../../support/together.ts";

const VERSION = { "anthropic-version": "2023-06-01" };
const BODY = { model: "claude-a", max_tokens: 9, messages: [{ role: "user", content: "hi" }] };

function behind(standIn: StandIn, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
      MAX_RETRIES: "0",
      ...env,
    },
  });
}

async function post(
  weir: Program,
  body: unknown,
  path = "/v1/messages",
  headers: HeadersInit = VERSION,
) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(headers)) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

/** The answer to every request. */
function refusal(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): AnswerStandIn {
  return ({ method }) =>
    method === "GET"
      ? Response.json({ data: [{ type: "model", id: "claude-a" }], has_more: false })
      : new Response(body, { status, headers: { "content-type": "application/json", ...headers } });
}

/** What one refusal asks for must not keep the next call from the provider. */
const NEVER_WAITS = { COOLDOWN: "off", PACING: "off" };

const test = together("a provider's refusals, one by one", async () => {
  const standIn = serveStandIn(refusal(500, "{}"));
  return endedWith({ standIn, weir: await behind(standIn, NEVER_WAITS) });
});

function isEnvelope({ response, text }: { response: Response; text: string }, type: string): void {
  const { type: outer, error, request_id: requestId } = JSON.parse(text);
  assertEquals([outer, error.type, typeof error.message], ["error", type, "string"], text);
  assertEquals(requestId, response.headers.get("x-request-id"));
  assertEquals(response.headers.get("request-id"), requestId);
  assertEquals(response.headers.get("content-type"), "application/json");
}

Deno.test("what is refused before any provider is refused in the envelope", async () => {
  await using standIn = startAnthropic();
  await using weir = await behind(standIn, { PROXY_API_KEY: "sk-weir-own-key" });
  const key = { ...VERSION, "x-api-key": "sk-weir-own-key" };
  const cases: readonly (readonly [unknown, HeadersInit, number, string, RegExp])[] = [
    [BODY, VERSION, 401, "authentication_error", /API key/],
    [BODY, { ...VERSION, "x-api-key": "wrong" }, 401, "authentication_error", /not valid/],
    ["{", key, 400, "invalid_request_error", /not valid JSON/],
    [{ messages: [{}] }, key, 400, "invalid_request_error", /^model: Field required$/],
    [{ model: 7, messages: [{}] }, key, 400, "invalid_request_error", /^model: /],
    [{ model: "m" }, key, 400, "invalid_request_error", /^messages: Field required$/],
    [{ model: "m", messages: [] }, key, 400, "invalid_request_error", /^messages: /],
    [{ ...BODY, stream: "yes" }, key, 400, "invalid_request_error", /^stream: /],
  ];
  for (const [body, headers, status, type, says] of cases) {
    const answer = await post(weir, body, "/v1/messages", headers);
    assertEquals(answer.response.status, status, answer.text);
    isEnvelope(answer, type);
    assertMatch(JSON.parse(answer.text).error.message, says);
  }
  assertEquals(standIn.requests.length, 0);
  const answer = await post(weir, BODY, "/v1/messages?api_key=x", key);
  assertEquals(answer.response.status, 400);
  isEnvelope(answer, "invalid_request_error");
});

test("a wrong method is 405, and what nobody knows is 404 in the shape of its client", async ({ weir }) => {
  const wrong = await fetch(`${weir.url}/v1/messages`, { headers: VERSION });
  assertEquals([wrong.status, wrong.headers.get("allow")], [405, "POST, OPTIONS"]);
  isEnvelope({ response: wrong, text: await wrong.text() }, "invalid_request_error");
  for (const path of ["/v1/nothing", "/anthropic/v1/nothing", "/nothing"]) {
    const answer = await post(weir, BODY, path);
    assertEquals(answer.response.status, 404, path);
    isEnvelope(answer, "not_found_error");
    const other = await post(weir, BODY, path, {});
    assertEquals(JSON.parse(other.text).error.code, "unknown_url", path);
  }
});

test("a provider's own error passes byte for byte with its status", async ({ weir, standIn }) => {
  const tooLong = "prompt is too long: 5 tokens > 4 maximum";
  for (const status of [400, 403, 404, 413, 429, 500, 529]) {
    const message = status < 500 ? tooLong : "Overloaded";
    const body = `{ "type": "error", "error": {"type": "invalid_request_error", ` +
      `"message": "${message}", "x_future": 12345678901234567890}, "request_id": "req_1" }`;
    const headers = {
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-organization-id": "org-1",
      "retry-after": "3",
    };
    standIn.answerBy(refusal(status, body, headers));
    const { response, text } = await post(weir, BODY);
    assertEquals([response.status, text], [status, body]);
    assertEquals(response.headers.get("anthropic-ratelimit-requests-limit"), "50");
    assertEquals(response.headers.get("anthropic-organization-id"), null);
    assertEquals(response.headers.get("request-id"), response.headers.get("x-request-id"));
    assertEquals(response.headers.get("retry-after"), "3");
  }
});

test("another form than Anthropic's is put into it", async ({ weir, standIn }) => {
  standIn.answerBy(refusal(400, `{"error":{"message":"Bad thing","type":"x","code":"y"}}`));
  const { response, text } = await post(weir, BODY);
  assertEquals(response.status, 400);
  assertEquals(JSON.parse(text).error, { type: "invalid_request_error", message: "Bad thing" });
});

Deno.test("a refusal of Weir's own key is Weir's fault, whatever it says", async () => {
  const body =
    `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`;
  await using standIn = serveStandIn(refusal(401, body));
  await using weir = await behind(standIn);
  const answer = await post(weir, BODY);
  assertEquals(answer.response.status, 502);
  isEnvelope(answer, "api_error");
  assertStringIncludes(answer.text, "this gateway's own key");
  await weir.printed(
    /Set ANTHROPIC_API_KEY \(upstreams\.anthropic\.apiKey in a configuration file\)/,
  );
});

Deno.test("529 is tried again, and so is what the provider says is worth it", async () => {
  const overloaded = `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`;
  const invalid = `{"type":"error","error":{"type":"invalid_request_error","message":"No"}}`;
  const cases = [
    [529, overloaded, {}, 2, "false"],
    [529, overloaded, { "x-should-retry": "false" }, 1, "false"],
    [400, invalid, {}, 1, null],
    [400, invalid, { "x-should-retry": "true" }, 2, "false"],
  ] as const;
  await using standIn = serveStandIn(refusal(500, "{}"));
  const posts = () => standIn.requests.filter(({ method }) => method === "POST").length;
  const env = { ...NEVER_WAITS, MAX_RETRIES: "1", BASE_RETRY_DELAY: "0.001" };
  await using weir = await behind(standIn, env);
  for (const [status, body, headers, tries, advice] of cases) {
    standIn.answerBy(refusal(status, body, headers));
    const before = posts();
    const { response } = await post(weir, BODY);
    assertEquals([response.status, posts() - before], [status, tries]);
    // Weir has repeated it, so that the client need not.
    assertEquals(response.headers.get("x-should-retry"), advice);
  }
});

Deno.test("a limit of the provider is waited for until it is due", async () => {
  const reset = new Date(Date.now() + 3_600_000).toISOString();
  await using standIn = serveStandIn(refusal(
    429,
    `{"type":"error","error":{"type":"rate_limit_error","message":"Slow"}}`,
    {
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": reset,
      "anthropic-ratelimit-requests-remaining": "9",
      "anthropic-ratelimit-requests-reset": new Date(Date.now() + 86_400_000).toISOString(),
    },
  ));
  await using weir = await behind(standIn, { MAX_RETRIES: "3" });
  const { response } = await post(weir, BODY);
  assertEquals([response.status, standIn.requests.length], [429, 1]);
  const seconds = Number(response.headers.get("retry-after"));
  assertEquals(seconds > 3_500 && seconds <= 3_600, true, String(seconds));
});
