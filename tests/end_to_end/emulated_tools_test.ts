/** Tools of clients of every API, through a model that writes text alone. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { startProgram } from "../support/program.ts";
import { inPieces, lastText, serveStandIn, type StandIn } from "../support/providers/stand_in.ts";
import { GREETING, startTextOnly } from "../support/providers/text_only.ts";
import { workingDirectory } from "../support/working_directory.ts";

const PARAMETERS = {
  type: "object",
  properties: { city: { type: "string", description: "Its name" } },
  required: ["city"],
};
const CALL = '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>';
const WRONG = '<tool_call>{"name": "get_weather", "arguments": {}}</tool_call>';

/** What the last message says is what the model says to it; and what is said to one that it got wrong. */
function say(request: JsonObject): string | undefined {
  const last = lastText(request);
  if (last.startsWith("Write ")) return last.slice(6);
  if (!last.startsWith("That was no valid tool call")) return undefined;
  return JSON.stringify(request).includes("wrong again") ? WRONG : CALL;
}

const TOOLS = {
  chat: [{
    type: "function",
    function: { name: "get_weather", description: "The weather.", parameters: PARAMETERS },
  }],
  messages: [{ name: "get_weather", description: "The weather.", input_schema: PARAMETERS }],
  responses: [{
    type: "function",
    name: "get_weather",
    description: "The weather.",
    parameters: PARAMETERS,
    strict: false,
  }],
};

async function start() {
  const standIn = startTextOnly({ name: "get_weather", argument: "city", value: "Paris" }, say);
  const broken = startBroken();
  const folder = await workingDirectory({
    "weir.jsonc": JSON.stringify({
      routing: { aliases: { emulated: { target: "native/llama", tools: "emulate" } } },
    }),
  });
  const weir = await startProgram({
    cwd: folder.path,
    env: {
      UPSTREAM_TEXTS_BASE_URL: `${standIn.origin}/v1`,
      UPSTREAM_TEXTS_TOOLS: "emulate",
      UPSTREAM_BROKEN_BASE_URL: `${broken.origin}/v1`,
      UPSTREAM_BROKEN_TOOLS: "emulate",
      UPSTREAM_NATIVE_BASE_URL: `${standIn.origin}/v1`,
      MAX_RETRIES: "0",
    },
  });
  const send = async (path: string, body: JsonObject) => {
    const response = await fetch(weir.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ model: "texts/llama", ...body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const chat = (content: string, rest: JsonObject = {}) =>
    send("/v1/chat/completions", {
      messages: [{ role: "user", content }],
      tools: TOOLS.chat,
      ...rest,
    });
  return {
    standIn,
    chat,
    send,
    [Symbol.asyncDispose]: async () => {
      await weir[Symbol.asyncDispose]();
      await standIn[Symbol.asyncDispose]();
      await broken[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function sent(standIn: StandIn): JsonObject {
  return standIn.requests.at(-1)?.json ?? {};
}

type Started = Awaited<ReturnType<typeof start>>;

const HALF = '{"choices":[{"index":0,"delta":{"content":"TEXT<tool_call>{\\"name\\": \\"get_w"}}]}';
const ERROR = '{"error":{"message":"It broke","code":"broken"}}';

/** Ends within a call that is held back: without a word, or with an error. */
const SCENES: Readonly<Record<string, readonly string[]>> = {
  cut: [`data: ${HALF}\n\n`],
  fault: [`data: ${HALF}\n\n`, `data: ${ERROR}\n\n`],
};

function startBroken(): StandIn {
  return serveStandIn(({ json: request }) => {
    const [scene = "", text = ""] = lastText(request).split("|");
    const bytes = (SCENES[scene] ?? []).map((event) =>
      new TextEncoder().encode(event.replace("TEXT", text))
    );
    return inPieces(bytes, { "content-type": "text/event-stream" });
  });
}

const STEPS: Readonly<Record<string, (started: Started) => Promise<void>>> = {
  "what is asked of the model": async ({ chat, standIn }) => {
    const { headers, text } = await chat(`Write ${CALL}`);
    assertEquals(headers.get("x-weir-tools"), "emulated");
    const { choices: [choice], usage } = JSON.parse(text);
    const [{ id, ...call }] = choice.message.tool_calls;
    assertEquals([choice.finish_reason, choice.message.content], ["tool_calls", null]);
    assertEquals(call, {
      type: "function",
      function: { name: "get_weather", arguments: '{"city":"Paris"}' },
    });
    assertEquals(usage.total_tokens, 30);
    const [system] = sent(standIn).messages as readonly JsonObject[];
    assertEquals(system?.role, "system");
    assertStringIncludes(
      String(system?.content),
      '- get_weather {"city": string /* Its name */}: The weather.',
    );
    const again = await chat("", {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: `Write ${CALL}` },
        choice.message,
        { role: "tool", tool_call_id: id, content: "sunny" },
        { role: "user", content: "Thanks" },
      ],
    });
    assertEquals(JSON.parse(again.text).choices[0].message.content, GREETING);
    const messages = sent(standIn).messages as readonly JsonObject[];
    assertMatch(String(messages[0]?.content), /^Be brief\.\n\n# Tools\n/);
    assertEquals(messages.slice(2), [
      {
        role: "assistant",
        content: '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"}}</tool_call>',
      },
      {
        role: "user",
        content: '<tool_response name="get_weather">\nsunny\n</tool_response>\nThanks',
      },
    ]);
  },
  "streams of each API": async ({ chat, send }) => {
    const written = `Write I look. ${CALL}`;
    const ask = { stream: true, max_tokens: 100 };
    const messages = [{ role: "user", content: written }];
    const chatted = await chat(written, { stream: true });
    assertMatch(chatted.text, /"content":"I look\."/);
    assertMatch(chatted.text, /"tool_calls":\[.*"arguments":"\{\\"city\\":\\"Paris\\"\}"/);
    assertMatch(chatted.text, /"finish_reason":"tool_calls"/);
    const message = await send("/v1/messages", { ...ask, messages, tools: TOOLS.messages });
    assertMatch(message.text, /"type":"tool_use".*"name":"get_weather"/);
    assertMatch(message.text, /"stop_reason":"tool_use"/);
    const response = await send("/v1/responses", {
      stream: true,
      input: written,
      tools: TOOLS.responses,
    });
    assertMatch(response.text, /"type":"function_call".*"arguments":"\{\\"city\\":\\"Paris\\"\}"/);
    const gemini = await send("/v1beta/models/emulated:streamGenerateContent?alt=sse", {
      contents: [{ role: "user", parts: [{ text: written }] }],
      tools: [{ functionDeclarations: [{ name: "get_weather", parameters: PARAMETERS }] }],
    });
    assertMatch(
      gemini.text,
      /"functionCall":\{[^}]*"name":"get_weather","args":\{"city":"Paris"\}/,
    );
    const ollama = await send("/api/chat", { messages, tools: TOOLS.chat });
    assertMatch(ollama.text, /"tool_calls":\[.*"arguments":\{"city":"Paris"\}/);
    for (const { headers } of [chatted, message, response, gemini, ollama]) {
      assertEquals(headers.get("x-weir-tools"), "emulated");
    }
  },
  "an alias, and what has no tools at all": async ({ chat, send }) => {
    const aliased = await chat(`Write ${CALL}`, { model: "emulated" });
    assertEquals(JSON.parse(aliased.text).choices[0].finish_reason, "tool_calls");
    assertEquals((await chat("Hello", { model: "native/llama" })).status, 400);
    const body = { messages: [{ role: "user", content: `Write ${CALL}` }] };
    const plain = await send("/v1/chat/completions", body);
    assertEquals(plain.headers.get("x-weir-tools"), null);
    assertEquals(JSON.parse(plain.text).choices[0].message.content, CALL);
  },
  "the choice of the client": async ({ chat }) => {
    const none = await chat(`Write ${CALL}`, { tool_choice: "none" });
    const { choices: [choice] } = JSON.parse(none.text);
    assertEquals([choice.message.content, choice.finish_reason], [CALL, "stop"]);
    const named = { type: "function", function: { name: "get_weather" } };
    for (const tool_choice of ["required", named]) {
      for (const stream of [false, true]) {
        const { text } = await chat("Write I will not.", { tool_choice, stream });
        assertMatch(text, /"finish_reason":"tool_calls"/);
        assert(!text.includes("I will not"), "What was asked for again says nothing");
      }
    }
    const missing = await chat("Hi", { tool_choice: { ...named, function: { name: "other" } } });
    assertEquals([missing.status, JSON.parse(missing.text).error.param], [400, "tool_choice"]);
    const two = `${CALL}\n${CALL}`;
    for (const [parallel_tool_calls, count] of [[true, 2], [false, 1]] as const) {
      const { text } = await chat(`Write ${two}`, { parallel_tool_calls });
      assertEquals(JSON.parse(text).choices[0].message.tool_calls.length, count);
    }
  },
  "a call that is wrong is asked for again, once": async ({ chat, standIn }) => {
    for (const stream of [false, true]) {
      const before = standIn.requests.length;
      const right = await chat(`Write ${WRONG}`, {
        stream,
        stream_options: stream ? { include_usage: true } : null,
      });
      assertMatch(right.text, /"arguments":"\{\\"city\\":\\"Paris\\"\}"/);
      assertMatch(right.text, /"total_tokens":60/);
      assertEquals(standIn.requests.length - before, 2);
      const messages = sent(standIn).messages as readonly JsonObject[];
      assertEquals(messages.at(-2), { role: "assistant", content: WRONG });
      assertMatch(String(messages.at(-1)?.content), /get_weather: "city" is missing/);
      // What it gets wrong twice is its client's to refuse, as with a model that has tools.
      const wrong = await chat(`Write ${WRONG}`, {
        stream,
        messages: [{ role: "system", content: "wrong again" }, {
          role: "user",
          content: `Write ${WRONG}`,
        }],
      });
      assertMatch(wrong.text, /"arguments":"\{\}"/);
    }
  },
  "a fault within a call that is held back ends the answer as one": async (
    { chat },
  ) => {
    for (const stream of [true, false]) {
      for (
        const [scene, said] of [["cut", ""], ["cut", "Hm. "], ["fault", ""], ["fault", "Hm. "]]
      ) {
        const { status, text } = await chat(`${scene}|${said}`, { stream, model: "broken/m" });
        const isEarly = !stream || (said === "" && scene === "fault");
        assertEquals(status === 200, !isEarly, `${scene} ${said} ${text}`);
        assertMatch(text, /"error":\{/, `${scene} ${said}`);
        assert(!text.includes("[DONE]") && !text.includes('"tool_calls"'), text);
      }
    }
  },
};

Deno.test("a model that writes text alone calls tools for clients of every API", async (test) => {
  await using started = await start();
  for (const [name, step] of Object.entries(STEPS)) await test.step(name, () => step(started));
});
