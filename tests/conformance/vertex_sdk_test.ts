/** Anthropic's client for Vertex, against the stand-in and against Weir before several providers. */

import { AnthropicVertex } from "@anthropic-ai/vertex-sdk";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ANTHROPIC_KEY, ANTHROPIC_TEXT, startAnthropic } from "../support/providers/anthropic.ts";
import { GEMINI_MODEL, GEMINI_TEXT } from "../support/providers/gemini.ts";
import { CHAT_TEXT } from "../support/providers/strict_chat.ts";
import { startVertex, VERTEX_CLAUDE, VERTEX_PROJECT } from "../support/providers/vertex.ts";
import { type OpenWay, throughWeir } from "../support/messages_ways.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { WEATHER } from "./questions.ts";

const REGION = "europe-west1";

const WAYS: Readonly<Record<string, () => Promise<OpenWay<StandIn>>>> = {
  "Weir before the stand-in for Anthropic": () => {
    const standIn = startAnthropic();
    return throughWeir<StandIn>(VERTEX_CLAUDE, {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
    }, standIn);
  },
  "Weir before the stand-in for Vertex": () => openVertex(),
};

function openVertex(): Promise<OpenWay<StandIn>> {
  const standIn = startVertex();
  return throughWeir<StandIn>(VERTEX_CLAUDE, {
    VERTEX_PROJECT,
    VERTEX_LOCATION: REGION,
    VERTEX_BASE_URL: standIn.origin,
    VERTEX_CREDENTIALS: standIn.credentials,
  }, standIn);
}

function clientOf({ origin, key }: OpenWay<StandIn>): AnthropicVertex {
  const headers = new Headers({ authorization: `Bearer ${key}` });
  return new AnthropicVertex({
    baseURL: `${origin}/v1`,
    region: REGION,
    projectId: VERTEX_PROJECT,
    // In place of Google's login, as with a gateway.
    authClient: { getRequestHeaders: () => Promise.resolve(headers) } as never,
    maxRetries: 0,
  });
}

const ask = (content: string) => ({
  model: VERTEX_CLAUDE,
  max_tokens: 1_024,
  messages: [{ role: "user" as const, content }],
});

for (const [name, open] of Object.entries(WAYS)) {
  Deno.test(`Anthropic's client for Vertex at ${name}`, async (test) => {
    await using way = await open();
    const client = clientOf(way);
    await test.step("a message", async () => {
      const { content } = await client.messages.create(ask("Say something."));
      assertEquals(content.map((block) => block.type === "text" && block.text), [ANTHROPIC_TEXT]);
    });
    await test.step("a stream with a tool, and with betas of which some are not known", async () => {
      const betas = ["context-management-2025-06-27", "effort-2025-11-24"];
      const stream = client.beta.messages.stream({
        ...ask("[tool] How is the weather?"),
        tools: [WEATHER],
        betas,
      });
      assertEquals((await stream.finalMessage()).stop_reason, "tool_use");
    });
    await test.step("tokens are counted", async () => {
      const { input_tokens: count } = await client.messages.countTokens({
        model: VERTEX_CLAUDE,
        messages: ask("Say something.").messages,
      });
      assertEquals(count > 0, true);
    });
    await test.step("an error has Anthropic's form", async () => {
      await assertRejects(() => client.messages.create(ask("[error 429]")), Error, "429");
    });
  });
}

Deno.test("Weir asks Vertex for Gemini by Gemini's API, whole and streamed", async () => {
  await using way = await openVertex();
  for (const stream of [false, true]) {
    const response = await fetch(`${way.origin}/v1/messages`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "anthropic-version": "2023-06-01",
        "x-api-key": way.key,
      },
      body: JSON.stringify({ ...ask("Say something."), model: `vertex/${GEMINI_MODEL}`, stream }),
    });
    const text = await response.text();
    assertEquals(response.status, 200, text);
    assertStringIncludes(text, stream ? "event: message_stop" : JSON.stringify(GEMINI_TEXT));
  }
  const asked = way.standIn?.requests.map(({ path }) => path.split("/models/")[1]) ?? [];
  assertEquals(asked.filter((path) => path?.includes(GEMINI_MODEL)), [
    `${GEMINI_MODEL}:generateContent`,
    `${GEMINI_MODEL}:streamGenerateContent?alt=sse`,
  ]);
});

Deno.test("Weir asks Vertex for models of others by OpenAI's API, with one token for all", async () => {
  await using way = await openVertex();
  const calls = Array.from({ length: 5 }, async () => {
    const response = await fetch(`${way.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${way.key}` },
      body: JSON.stringify({
        model: "vertex/gemini-stand-in",
        messages: [{ role: "user", content: "Say something." }],
      }),
    });
    const { choices } = await response.json();
    return choices[0].message.content;
  });
  assertEquals(await Promise.all(calls), Array(5).fill(CHAT_TEXT));
  assertEquals(way.standIn?.received("/token").length, 1);
});
