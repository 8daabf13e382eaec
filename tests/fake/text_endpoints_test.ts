import { assertEquals, assertExists, assertMatch } from "@std/assert";
import { REFUSALS } from "../../src/fake/errors.ts";
import { errorText } from "../../src/fake/openai/api.ts";
import { eventsOf, FakeServer } from "./fake_server.ts";

Deno.test("fake: a chat is answered as the seed's document shows, with usage", async () => {
  await using server = new FakeServer();
  for (const path of ["/v1/chat/completions", "/chat/completions"]) {
    const messages = [{ role: "user", content: "Your prompt here" }];
    const response = await server.post(path, { messages, model: "any-model", stream: false });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "application/json");
    const { id, ...rest } = await response.json();
    assertMatch(id, /^chatcmpl-\d+$/);
    assertEquals(rest, {
      object: "chat.completion",
      created: 1_700_000_000,
      model: "fake-model",
      choices: [{
        index: 0,
        message: { role: "assistant", content: "hello world", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      }],
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
      system_fingerprint: "fp_fake",
    });
  }
  assertEquals(server.events, ["open", "done", "open", "done"]);
});

function chunkOf(delta: Record<string, unknown>, finishReason: string | null = null) {
  return {
    object: "chat.completion.chunk",
    model: "fake-model",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

Deno.test("fake: a stream has the role once, the words, the finish and [DONE]", async () => {
  await using server = new FakeServer();
  const response = await server.chat("Say something", { stream: true });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals(response.headers.get("content-length"), null);
  assertEquals(response.headers.get("x-accel-buffering"), "no");
  const events = eventsOf(await response.text());
  assertEquals(events.pop(), "[DONE]");
  const chunks = events.map((event) => JSON.parse(event));
  assertEquals(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size, 1);
  assertEquals(chunks.map(({ id: _, created: __, ...rest }) => rest), [
    chunkOf({ role: "assistant", content: "", refusal: null }),
    chunkOf({ content: "hello" }),
    chunkOf({ content: " world" }),
    chunkOf({}, "stop"),
  ]);
});

Deno.test("fake: usage ends a stream that asks for it, and is null until then", async () => {
  await using server = new FakeServer();
  const wishes = { stream: true, stream_options: { include_usage: true } };
  const events = eventsOf(await (await server.chat("[tokens=3]", wishes)).text());
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event));
  const last = chunks.pop();
  assertEquals(last.choices, []);
  assertEquals(last.usage, { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 });
  assertEquals(chunks.map(({ usage }) => usage), [null, null, null, null, null]);
});

Deno.test("fake: n choices are interleaved, each with role and finish, and counted", async () => {
  await using server = new FakeServer();
  const whole = await (await server.chat("hi", { n: 3 })).json();
  assertEquals(whole.choices.map(({ index }: { index: number }) => index), [0, 1, 2]);
  assertEquals(whole.usage.completion_tokens, 6);
  const events = eventsOf(await (await server.chat("hi", { n: 2, stream: true })).text());
  const said = events.slice(0, -1).map((event) => {
    const { index, delta, finish_reason } = JSON.parse(event).choices[0];
    return [index, delta.role ?? delta.content ?? finish_reason];
  });
  assertEquals(said, [
    [0, "assistant"],
    [1, "assistant"],
    [0, "hello"],
    [1, "hello"],
    [0, " world"],
    [1, " world"],
    [0, "stop"],
    [1, "stop"],
  ]);
});

Deno.test("fake: a seed makes id and created repeatable", async () => {
  await using server = new FakeServer();
  const read = async (body: Record<string, unknown>) =>
    await (await server.chat("hi", body)).text();
  assertEquals(await read({ seed: 7 }), await read({ seed: 7 }));
  assertEquals(await read({ seed: 7, stream: true }), await read({ seed: 7, stream: true }));
  assertEquals(await read({ seed: 7 }) === await read({ seed: 8 }), false);
  assertEquals(await read({}) === await read({}), false);
});

Deno.test("fake: [429] as the last message gets the documented error alone", async () => {
  await using server = new FakeServer();
  const user = { role: "user", content: "Say something" };
  const conversations = [
    [{ role: "user", content: "[429]" }],
    [user, { role: "assistant", content: "hello world" }, { role: "user", content: "[429]" }],
    [user, { role: "system", content: "[429]" }],
    [{ role: "user", content: [{ type: "text", text: "[429]" }] }],
  ];
  for (const messages of conversations) {
    for (const stream of [true, false]) {
      const body = { messages, model: "any-model", stream };
      const response = await server.post("/v1/chat/completions", body);
      assertEquals(response.status, 429);
      assertEquals(response.headers.get("retry-after"), "1");
      assertEquals(response.headers.get("content-type"), "application/json");
      assertEquals(await response.json(), {
        error: {
          message: "Too many requests. Please try again later.",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
      });
    }
  }
});

Deno.test("fake: only the last user message's tags count", async () => {
  await using server = new FakeServer();
  const messages = [
    { role: "system", content: "[500]" },
    { role: "user", content: "[429]" },
    { role: "assistant", content: "[503]" },
    { role: "user", content: "Again, please" },
  ];
  assertEquals((await (await server.chat("", { messages })).json()).object, "chat.completion");
});

Deno.test("fake: each error tag has its status, body and Retry-After", async () => {
  await using server = new FakeServer();
  for (const [name, refusal] of Object.entries(REFUSALS)) {
    const response = await server.chat(`Reply with [${name}] please`, { stream: true });
    assertEquals(response.status, refusal.status, name);
    assertEquals(await response.text(), errorText(refusal));
    const expected = name === "429" || name === "503" ? "1" : null;
    assertEquals(response.headers.get("retry-after"), expected, name);
  }
  const later = await server.chat("[500] [retry-after=30]");
  assertEquals(later.headers.get("retry-after"), "30");
  await later.body?.cancel();
});

Deno.test("fake: [html] makes an error the page of a proxy", async () => {
  await using server = new FakeServer();
  const response = await server.chat("[502] [html]");
  assertEquals([response.status, response.headers.get("content-type")], [502, "text/html"]);
  assertMatch(await response.text(), /^<html>/);
});

Deno.test("fake: [tool=NAME {json}] calls, and its result gets a text", async () => {
  await using server = new FakeServer();
  const input = `{"city":"Köln","days":[1,2]}`;
  const prompt = `Look: [tool=get_weather ${input}]`;
  const whole = await (await server.chat(prompt)).json();
  const { message, finish_reason: finishReason } = whole.choices[0];
  assertEquals(finishReason, "tool_calls");
  assertEquals(message.content, null);
  assertMatch(message.tool_calls[0].id, /^call_\d+$/);
  assertEquals(message.tool_calls[0].function, { name: "get_weather", arguments: input });

  const events = eventsOf(await (await server.chat(prompt, { stream: true })).text());
  const choices = events.slice(0, -1).map((event) => JSON.parse(event).choices[0]);
  assertEquals(choices[0].delta, { role: "assistant", content: null, refusal: null });
  const [call, ...fragments] = choices.slice(1, -1).map(({ delta }) => delta.tool_calls[0]);
  assertExists(call.id);
  assertEquals(call.function, { name: "get_weather", arguments: "" });
  assertEquals(fragments.length > 1, true);
  assertEquals(fragments.map((fragment) => fragment.function.arguments).join(""), input);
  assertEquals(fragments.every(({ index, id }) => index === 0 && id === undefined), true);
  assertEquals(choices.at(-1).finish_reason, "tool_calls");

  const messages = [
    { role: "user", content: prompt },
    message,
    { role: "tool", tool_call_id: message.tool_calls[0].id, content: "rain" },
  ];
  const after = await (await server.chat("", { messages })).json();
  assertEquals(after.choices[0].message.content, "hello world");
});

Deno.test("fake: a tool is called though the system speaks after the prompt", async () => {
  await using server = new FakeServer();
  const prompt = { role: "user", content: "[tool=get_time]" };
  const call = { id: "call_1", type: "function", function: { name: "get_time", arguments: "{}" } };
  const called = { role: "assistant", content: null, tool_calls: [call] };
  const result = { role: "tool", tool_call_id: "call_1", content: "noon" };
  const cases = [
    [[prompt, { role: "system", content: "A hint" }], "tool_calls"],
    [[prompt, { role: "developer", content: "A hint" }], "tool_calls"],
    [[prompt, called, result, { role: "system", content: "A hint" }], "stop"],
    [[prompt, called, result, { role: "user", content: "A hint" }], "stop"],
  ] as const;
  for (const [messages, reason] of cases) {
    const { choices } = await (await server.chat("", { messages })).json();
    assertEquals(choices[0].finish_reason, reason, JSON.stringify(messages));
  }
});

Deno.test("fake: [cache-read=N] and [cache-write=N] are part of the prompt", async () => {
  await using server = new FakeServer();
  const prompt = "[cache-read=7] [cache-write=5]";
  const promptTokens = Math.ceil(prompt.length / 4) + 7 + 5;
  const expected = {
    prompt_tokens: promptTokens,
    completion_tokens: 2,
    total_tokens: promptTokens + 2,
    prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 5 },
  };
  assertEquals((await (await server.chat(prompt)).json()).usage, expected);
  const wishes = { stream: true, stream_options: { include_usage: true } };
  const events = eventsOf(await (await server.chat(prompt, wishes)).text());
  assertEquals(JSON.parse(events.at(-2) ?? "").usage, expected);
});

Deno.test("fake: [echo] says the request's body, byte for byte", async () => {
  await using server = new FakeServer();
  const body =
    `{ "unknown": [1.0, "\\u00e9 é 🎉"], "messages":[{"role":"user","content":"[echo]"}]}`;
  const whole = await (await server.post("/v1/chat/completions", body)).json();
  assertEquals(whole.choices[0].message.content, body);
  const streamed = `{"stream":true,${body.slice(1)}`;
  const text = await (await server.post("/v1/chat/completions", streamed)).text();
  const contents = eventsOf(text).slice(1, -2).map((event) =>
    JSON.parse(event).choices[0].delta.content
  );
  assertEquals(contents.join(""), streamed);
  assertEquals(contents.length > 3, true);
});

Deno.test("fake: [reasoning], [length], [nofinish] and [nodone] do what they say", async () => {
  await using server = new FakeServer();
  const prompt = "[reasoning=let me see]";
  const { choices, usage } = await (await server.chat(prompt)).json();
  assertEquals(choices[0].message.reasoning_content, "let me see");
  assertEquals(usage.completion_tokens_details, { reasoning_tokens: 3 });
  assertEquals(usage.completion_tokens, 5);
  const reasoned = await (await server.chat(prompt, { stream: true })).text();
  assertEquals(
    eventsOf(reasoned).slice(1, 4).map((event) =>
      JSON.parse(event).choices[0].delta.reasoning_content
    ),
    ["let", " me", " see"],
  );
  const ends = async (tag: string) =>
    eventsOf(await (await server.chat(tag, { stream: true })).text()).slice(-2).map((event) =>
      event === "[DONE]" ? event : JSON.parse(event).choices[0].finish_reason
    );
  assertEquals(await ends("[length]"), ["length", "[DONE]"]);
  assertEquals(await ends("[nofinish]"), [null, "[DONE]"]);
  assertEquals(await ends("[nodone]"), [null, "stop"]);
  const whole = await (await server.chat("[nofinish]")).json();
  assertEquals(whole.choices[0].finish_reason, null);
});

Deno.test("fake: [tokens=N] has N tokens in either form", async () => {
  await using server = new FakeServer();
  for (const count of [0, 1, 2, 5, 5000]) {
    const whole = await (await server.chat(`[tokens=${count}]`)).json();
    const text = "hello world ".repeat(count).split(" ").slice(0, count).join(" ");
    assertEquals(whole.choices[0].message.content, text);
    assertEquals(whole.usage.completion_tokens, count);
    const streamed = await (await server.chat(`[tokens=${count}]`, { stream: true })).text();
    assertEquals(eventsOf(streamed).length, count + 3);
  }
});
