/** Clients of one API at providers of another: Messages on a chat provider, chat on Anthropic. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { type Program, startProgram } from "../../support/program.ts";
import {
  ANTHROPIC_KEY,
  ANTHROPIC_TEXT,
  type AnthropicStandIn,
  startAnthropic,
} from "../../support/providers/anthropic.ts";
import type { StandIn } from "../../support/providers/stand_in.ts";
import { CHAT_KEY, CHAT_TEXT, startStrictChat } from "../../support/providers/strict_chat.ts";

const CLAUDE = "claude-stand-in-0";
const GPT = "gpt-stand-in";
const VERSION = { "anthropic-version": "2023-06-01", "anthropic-beta": "x-1" };
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

function behindBoth(chat: StandIn, anthropic: AnthropicStandIn, env = {}): Promise<Program> {
  return startProgram({
    env: {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: chat.origin,
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: anthropic.origin,
      ...env,
    },
  });
}

async function post(weir: Program, path: string, body: object, headers: HeadersInit = {}) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(headers)) },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

function ask(model: string, content: string, more: object = {}): JsonObject {
  return { model, max_tokens: 99, messages: [{ role: "user", content }], ...more };
}

Deno.test("a Messages client is answered by a chat provider, whole, streamed and with tools", async () => {
  await using chat = startStrictChat();
  await using anthropic = startAnthropic();
  await using weir = await behindBoth(chat, anthropic);
  const tools = [{ name: "get_weather", description: "d", input_schema: SCHEMA }];
  const send = (body: JsonObject) => post(weir, "/v1/messages?beta=true", body, VERSION);
  const whole = await send(ask(GPT, "hi", { context_management: { edits: [] } }));
  const message = JSON.parse(whole.text);
  assertEquals([message.type, message.stop_reason], ["message", "end_turn"]);
  assertEquals(message.content, [{ type: "text", text: CHAT_TEXT }]);
  assertEquals([message.usage.input_tokens, message.usage.cache_read_input_tokens], [36, 7]);
  assertStringIncludes(whole.response.headers.get("x-weir-warning") ?? "", "context_management");
  const streamed = await send(ask(GPT, "hi", { stream: true }));
  assertEquals(checkMessagesStream(streamed.text), []);
  assertEquals(textIn(streamed.text), CHAT_TEXT);
  const called = await send(ask(GPT, "The weather? [tool]", { stream: true, tools }));
  assertEquals(checkMessagesStream(called.text), []);
  assertStringIncludes(called.text, `"stop_reason":"tool_use"`);
  for (const { headers, path } of chat.requests) {
    assert(![...headers.keys()].some((name) => name.startsWith("anthropic-")), path);
    assert(!path.includes("?"), path);
  }
});

Deno.test("a chat client is answered by Anthropic, whole, streamed and with tools", async () => {
  await using chat = startStrictChat();
  await using anthropic = startAnthropic();
  await using weir = await behindBoth(chat, anthropic);
  const tools = [{ type: "function", function: { name: "get_weather", parameters: SCHEMA } }];
  const send = (body: JsonObject) => post(weir, "/v1/chat/completions", body);
  const whole = await send(ask(CLAUDE, "hi"));
  const completion = JSON.parse(whole.text);
  assertEquals(completion.choices[0].message.content, ANTHROPIC_TEXT);
  assertEquals(completion.choices[0].finish_reason, "stop");
  assertEquals(completion.usage.prompt_tokens_details.cached_tokens, 7);
  // What Anthropic's clients may see means nothing to others.
  assert(![...whole.response.headers.keys()].some((name) => name.startsWith("anthropic-")));
  const streamed = await send(ask(CLAUDE, "hi", { stream: true }));
  assert(streamed.text.endsWith("data: [DONE]\n\n"));
  const called = await send(ask(CLAUDE, "The weather? [tool]", { stream: true, tools }));
  assertStringIncludes(called.text, `"finish_reason":"tool_calls"`);
  const sent = anthropic.received("/v1/messages");
  assertEquals(sent.length, 3);
  for (const { headers } of sent) assertEquals(headers.get("anthropic-version"), "2023-06-01");
});

Deno.test("an alias may mix formats: each target is asked in its own", async () => {
  await using chat = startStrictChat(true);
  await using anthropic = startAnthropic();
  const aliases = `both=anthropic/${CLAUDE}|openai/${GPT}`;
  await using weir = await behindBoth(chat, anthropic, { MODEL_ALIASES: aliases });
  for (const stream of [false, true]) {
    const { response, text } = await post(
      weir,
      "/v1/messages",
      ask("both", "[error 529]", { stream }),
      VERSION,
    );
    assertEquals([response.status, response.headers.get("x-weir-upstream")], [200, "openai"]);
    assertStringIncludes(text, stream ? "event: message_stop" : CHAT_TEXT);
    const other = await post(weir, "/v1/chat/completions", ask("both", "[error 529]", { stream }));
    assertEquals(other.response.status, 200);
    assertStringIncludes(other.text, stream ? "data: [DONE]" : CHAT_TEXT);
  }
});

Deno.test("errors of the other API are told in the client's own", async () => {
  await using chat = startStrictChat();
  await using anthropic = startAnthropic();
  await using weir = await behindBoth(chat, anthropic, { MAX_RETRIES: "0" });
  const refused = await post(weir, "/v1/messages", ask(GPT, "", { messages: [{ role: "x" }] }));
  assertEquals([refused.response.status, JSON.parse(refused.text).type], [400, "error"]);
  for (
    const [status, type] of [[400, "invalid_request_error"], [429, "rate_limit_error"]] as const
  ) {
    const asked = await post(weir, "/v1/chat/completions", ask(CLAUDE, `[error ${status}]`));
    assertEquals(asked.response.status, status);
    const { error, type: outer } = JSON.parse(asked.text);
    assertEquals([outer, error.type, typeof error.message], [undefined, type, "string"]);
  }
  const overloaded = await post(weir, "/v1/chat/completions", ask(CLAUDE, "[error 529]"));
  assert(overloaded.response.status >= 500, String(overloaded.response.status));
});

Deno.test("tokens are not counted where no provider counts them, and never invented", async () => {
  await using chat = startStrictChat();
  await using anthropic = startAnthropic();
  await using weir = await behindBoth(chat, anthropic);
  const { response, text } = await post(weir, "/v1/messages/count_tokens", ask(GPT, "hi"));
  assertEquals([response.status, JSON.parse(text).error.type], [404, "not_found_error"]);
  assertEquals(chat.received("/v1/chat/completions").length, 0);
});

/** Of a Messages stream. */
function textIn(stream: string): string {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => {
    const { delta } = JSON.parse(data);
    return delta?.text ?? "";
  }).join("");
}
