/** Ollama's own client for JavaScript: what it can ask for, at every provider. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Message, Ollama } from "ollama";
import { assertUntouched } from "../support/untouched.ts";
import { OLLAMA_WAYS, type OllamaWay, throughOllama } from "../support/ollama_ways.ts";
import { IMAGE } from "./questions.ts";

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string", description: "Its name" } },
      required: ["city"],
    },
  },
};

const HI: Message[] = [{ role: "user", content: "Hi" }];

/** What is asked of each. */
const STEPS: Readonly<
  Record<string, (client: Ollama, model: string, way: OllamaWay) => Promise<void>>
> = {
  "chat": async (client, model, way) => {
    const { message, done, done_reason, ...rest } = await client.chat({ model, messages: HI });
    assertEquals([message.role, message.content], ["assistant", way.text]);
    assertEquals([done, done_reason], [true, "stop"]);
    assert(rest.eval_count > 0 && rest.prompt_eval_count > 0);
    assert(rest.total_duration > 0 && Number.isInteger(rest.total_duration));
  },
  "chat, streamed": async (client, model, way) => {
    let text = "";
    let last;
    for await (const part of await client.chat({ model, messages: HI, stream: true })) {
      text += part.message.content;
      last = part;
    }
    assertEquals(text, way.text);
    assertEquals([last?.done, last?.done_reason], [true, "stop"]);
  },
  "generate, whole and streamed": async (client, model, way) => {
    const whole = await client.generate({ model, prompt: "Hi", system: "Be brief" });
    assertEquals(whole.response, way.text);
    let text = "";
    for await (const part of await client.generate({ model, prompt: "Hi", stream: true })) {
      text += part.response;
    }
    assertEquals(text, way.text);
  },
  "a tool, and its result": async (client, model, way) => {
    const messages: Message[] = [{ role: "user", content: way.toolPrompt }];
    const { message } = await client.chat({ model, messages, tools: [WEATHER] });
    const [call] = message.tool_calls ?? [];
    assertEquals(typeof call?.function.arguments, "object");
    assertEquals(call?.function.name, "get_weather");
    messages.push(message, { role: "tool", tool_name: "get_weather", content: "rain" });
    const second = await client.chat({ model, messages, tools: [WEATHER] });
    assertEquals(second.message.tool_calls, undefined);
    assert(second.message.content !== "");
  },
  "a tool, streamed: the call comes whole": async (client, model, way) => {
    const calls = [];
    const messages = [{ role: "user", content: way.toolPrompt }];
    const stream = await client.chat({ model, messages, tools: [WEATHER], stream: true });
    for await (const { message } of stream) calls.push(...message.tool_calls ?? []);
    assertEquals(calls.map(({ function: { name } }) => name), ["get_weather"]);
    assertEquals(typeof calls[0]?.function.arguments, "object");
  },
  "thinking, an image, a form, options": async (client, model, way) => {
    const messages = [{ role: "user", content: "What is it?", images: [IMAGE] }];
    const answer = await client.chat({
      model,
      messages,
      think: false,
      keep_alive: -1,
      options: { temperature: 0, num_ctx: 8192, num_predict: 100, stop: ["###"] },
    });
    assert(answer.message.content !== "");
    if (way.toolPrompt.startsWith("[")) {
      const thought = await client.chat({
        model,
        messages: [{ role: "user", content: "Hi [reasoning=Let me see]" }],
        think: true,
      });
      assertEquals(thought.message.thinking, "Let me see");
      const schema = {
        type: "object",
        properties: { city: { const: "Bern" } },
        required: ["city"],
      };
      const formed = await client.chat({ model, messages: HI, format: schema });
      assertEquals(JSON.parse(formed.message.content), { city: "Bern" });
    }
  },
  "embed": async (client, model, way) => {
    if (!way.hasEmbeddings) {
      await assertRejects(() => client.embed({ model, input: "a" }), Error);
      return;
    }
    const { embeddings } = await client.embed({ model, input: ["a", "b"], dimensions: 3 });
    assertEquals(embeddings.map(({ length }) => length), [3, 3]);
    const { embedding } = await client.embeddings({ model, prompt: "a" });
    assertEquals(embedding.length, 8);
  },
  "list, show, ps, version, pull": async (client, model) => {
    const { models } = await client.list();
    assert(models.some(({ name, model: named }) => name === model && named === model));
    const shown = await client.show({ model });
    assert(shown.capabilities.includes("completion"));
    const info = shown.model_info as unknown as Record<string, unknown>;
    assertEquals(typeof info["general.architecture"], "string");
    assertEquals((await client.ps()).models, []);
    assert(/^\d+\.\d+\.\d+$/.test((await client.version()).version));
    const statuses = [];
    for await (const { status } of await client.pull({ model, stream: true })) {
      statuses.push(status);
    }
    assertEquals(statuses.at(-1), "success");
    await assertRejects(
      () => client.show({ model: "nobody" }),
      Error,
      "model 'nobody' not found",
    );
    await assertRejects(() => client.pull({ model: "nobody" }), Error, "not found");
    await assertRejects(() => client.delete({ model }), Error, "not implemented");
  },
};

for (const way of OLLAMA_WAYS) {
  Deno.test(`ollama at ${way.name}`, async (test) => {
    await using open = await way.open();
    const client = new Ollama({
      host: open.origin,
      headers: { authorization: `Bearer ${open.key}` },
    });
    for (const [name, step] of Object.entries(STEPS)) {
      await test.step(name, () => step(client, open.model, way));
    }
    await test.step("what was sent to an Ollama has arrived as it was", () => {
      if (way !== throughOllama || open.standIn === undefined) return;
      const isCall = ({ path }: { readonly path: string }) =>
        /\/api\/(?:chat|generate)$/.test(path);
      assertUntouched(open.proxy.passed.filter(isCall), open.standIn.requests.filter(isCall));
    });
  });
}
