/**
 * What Gemini signs of a call goes through the clients of other APIs, whole and streamed, and back to Gemini on the
 * same call, whichever thread is asked.
 */

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { type Program, startProgram } from "../support/program.ts";
import {
  GEMINI_KEY,
  GEMINI_MODEL,
  type GeminiStandIn,
  startGemini,
} from "../support/providers/gemini.ts";
import { itemsOf, objectOf, SIGNATURE } from "../support/providers/gemini_rules.ts";
import { CHAT_KEY, startStrictChat } from "../support/providers/strict_chat.ts";

const MODEL = `gemini/${GEMINI_MODEL}`;
const PROMPT = "Weather in two places? [parallel]";
const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
/** Connections go to either thread. */
const NEXT_TURNS = 6;

/** A conversation up to its calls, as a client keeps it, and how it goes on; the answer's text. */
interface Client {
  readonly name: string;
  begin(weir: Program, isStream: boolean): Promise<(model: string) => Promise<string>>;
}

/** A connection of its own for each request. */
const alone: typeof fetch = async (input, init) => {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const options: RequestInit & { client: Deno.HttpClient } = { ...init, client };
  const response = await fetch(input, options);
  const text = await response.text();
  client.close();
  return new Response(text, response);
};

const chat: Client = {
  name: "openai.chat",
  begin: async (weir, isStream) => {
    const client = new OpenAI({ apiKey: "k", baseURL: `${weir.url}/v1`, fetch: alone });
    const tools = [{
      type: "function" as const,
      function: { name: "weather", parameters: SCHEMA },
    }];
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: PROMPT }];
    const body = { model: MODEL, tools, messages };
    const message = isStream
      ? await client.chat.completions.stream(body).finalMessage()
      : (await client.chat.completions.create(body)).choices[0]!.message;
    const results = (message.tool_calls ?? []).map(({ id }, index) => ({
      role: "tool" as const,
      tool_call_id: id,
      content: `rain ${index}`,
    }));
    return async (model) => {
      const next = { model, tools, messages: [...messages, message, ...results] };
      return (await client.chat.completions.create(next)).choices[0]?.message.content ?? "";
    };
  },
};

const messages: Client = {
  name: "anthropic.messages",
  begin: async (weir, isStream) => {
    const client = new Anthropic({ apiKey: "k", baseURL: weir.url, fetch: alone });
    const tools = [{ name: "weather", input_schema: SCHEMA as Anthropic.Tool.InputSchema }];
    const asked: Anthropic.MessageParam[] = [{ role: "user", content: PROMPT }];
    const body = { model: MODEL, max_tokens: 1_000, tools, messages: asked };
    const { content } = isStream
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body);
    const results = content.flatMap((block) =>
      block.type === "tool_use"
        ? [{ type: "tool_result" as const, tool_use_id: block.id, content: "rain" }]
        : []
    );
    return async (model) => {
      const answer = await client.messages.create({
        ...body,
        model,
        messages: [...asked, { role: "assistant", content }, { role: "user", content: results }],
      });
      return answer.content.map((block) => block.type === "text" ? block.text : "").join("");
    };
  },
};

const responses: Client = {
  name: "openai.responses",
  begin: async (weir, isStream) => {
    const client = new OpenAI({ apiKey: "k", baseURL: `${weir.url}/v1`, fetch: alone });
    const tools = [{
      type: "function" as const,
      name: "weather",
      parameters: SCHEMA,
      strict: false,
    }];
    const asked: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: PROMPT }];
    const include: OpenAI.Responses.ResponseIncludable[] = ["reasoning.encrypted_content"];
    const body = { model: MODEL, tools, input: asked, include, store: false };
    const { output } = isStream
      ? await client.responses.stream(body).finalResponse()
      : await client.responses.create(body);
    const results = output.flatMap((item) =>
      item.type === "function_call"
        ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "rain" }]
        : []
    );
    return async (model) => {
      const input = [...asked, ...output as OpenAI.Responses.ResponseInputItem[], ...results];
      return (await client.responses.create({ ...body, model, input })).output_text;
    };
  },
};

/** The signatures of the calls in the last request for content, in their order. */
function sentSignatures({ requests }: GeminiStandIn): readonly unknown[] {
  const sent = requests.findLast(({ path }) => path.includes(":generateContent"));
  const said = itemsOf(sent?.json.contents).filter(({ role }) => role === "model");
  const parts: readonly JsonObject[] = said.flatMap((content) => itemsOf(content.parts));
  const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
  assertEquals(calls.map(({ functionCall }) => objectOf(functionCall).name), [
    "weather",
    "weather",
  ]);
  return calls.map(({ thoughtSignature }) => thoughtSignature);
}

Deno.test("a signature comes back on its call, through every client and either thread", async (test) => {
  await using standIn = startGemini();
  await using other = startStrictChat();
  await using weir = await startProgram({
    env: {
      WORKERS: "2",
      GEMINI_API_KEY: GEMINI_KEY,
      GEMINI_BASE_URL: standIn.origin,
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${other.origin}/v1`,
    },
  });
  for (const client of [chat, messages, responses]) {
    for (const isStream of [false, true]) {
      await test.step(`${client.name}, ${isStream ? "streamed" : "whole"}`, async () => {
        const goOn = await client.begin(weir, isStream);
        for (let turn = 0; turn < NEXT_TURNS; turn++) {
          assertStringIncludes(await goOn(MODEL), "The tool said: rain");
          assertEquals(sentSignatures(standIn), [`${SIGNATURE}of-a-call`, undefined]);
        }
        // What a client of the same API says passes as it came.
        if (client === chat) return;
        await goOn("openai/gpt-stand-in");
        const sent = JSON.stringify(other.requests.at(-1)?.json);
        assert(!sent.includes(SIGNATURE) && !sent.includes("weir1."), sent);
      });
    }
  }
});

Deno.test("calls of a client that keeps no signature say so, and Gemini takes them", async () => {
  await using standIn = startGemini();
  await using weir = await startProgram({
    env: { GEMINI_API_KEY: GEMINI_KEY, GEMINI_BASE_URL: standIn.origin },
  });
  const goOn = await chat.begin(weir, false);
  const call = (id: string) => ({
    id,
    type: "function" as const,
    function: { name: "weather", arguments: "{}" },
  });
  const client = new OpenAI({ apiKey: "k", baseURL: `${weir.url}/v1`, fetch: alone });
  const answer = await client.chat.completions.create({
    model: MODEL,
    messages: [
      { role: "user", content: PROMPT },
      { role: "assistant", tool_calls: [call("call_a"), call("call_b")] },
      { role: "tool", tool_call_id: "call_b", content: "sun" },
      { role: "tool", tool_call_id: "call_a", content: "rain" },
    ],
  });
  assertStringIncludes(answer.choices[0]?.message.content ?? "", "The tool said");
  assertEquals(sentSignatures(standIn), ["skip_thought_signature_validator", undefined]);
  assertStringIncludes(await goOn(MODEL), "The tool said");
});
