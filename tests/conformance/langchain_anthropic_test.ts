/** LangChain's chat model for Anthropic. */

import { ChatAnthropic } from "@langchain/anthropic";
import {
  AIMessageChunk,
  HumanMessage,
  ToolMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { z } from "zod";
import { type OpenWay, type Says, WAYS } from "../support/messages_ways.ts";
import { IMAGE, IMAGE_TEXT } from "./questions.ts";

type Fields = NonNullable<ConstructorParameters<typeof ChatAnthropic>[0]>;

interface Case {
  readonly open: OpenWay;
  readonly says: Says;
  chat(fields?: Partial<Exclude<Fields, string>>): ChatAnthropic;
}

const weather = tool(({ city }) => `rain in ${city}`, {
  name: "weather",
  description: "The weather in a city",
  schema: z.object({ city: z.string() }),
});

const CASES: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "invokes": async ({ chat, says }) => {
    const { text, usage_metadata } = await chat().invoke("Hi");
    // Of its types the message has none.
    const usage = usage_metadata as UsageMetadata | undefined;
    assertEquals(text, says.text);
    assertEquals([usage?.input_tokens, usage?.output_tokens], [25 + 11 + 7, 15]);
  },
  "streams": async ({ chat, says }) => {
    const texts = await Array.fromAsync(await chat().stream("Hi"), ({ text }) => text);
    assert(texts.length > 1);
    assertEquals(texts.join(""), says.text);
  },
  "calls tools, and gives their results": async ({ chat }) => {
    const model = chat().bindTools([weather]);
    const question = new HumanMessage("The weather? [parallel]");
    const asked = await concatenated(await model.stream([question]));
    const calls = asked.tool_calls ?? [];
    assertEquals(calls.map(({ name, args }) => ({ name, args })), [
      { name: "weather", args: { city: "Zürich" } },
      { name: "weather", args: { city: "Zürich" } },
    ]);
    const results = await Promise.all(
      calls.map(async ({ id, args }) =>
        new ToolMessage({
          tool_call_id: id ?? "",
          content: await weather.invoke(args as { city: string }),
        })
      ),
    );
    const { text } = await model.invoke([question, asked, ...results]);
    assertEquals(text, "The tool said: rain in Zürich and rain in Zürich");
  },
  "reads thinking, and sends it back": async ({ chat, says }) => {
    const model = chat({ thinking: { type: "adaptive" } });
    const question = new HumanMessage("Think. [think]");
    const thought = await model.invoke([question]);
    const [first] = thought.content;
    assert(typeof first === "object" && first.type === "thinking");
    assertEquals(first.thinking, says.thinking);
    const { text } = await model.invoke([question, thought, new HumanMessage("And now?")]);
    assertEquals(text, says.text);
  },
  "sends images": async ({ chat }) => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE}` } };
    const content = [{ type: "text", text: "What is this?" }, image];
    assertEquals(
      (await chat().invoke([new HumanMessage({ content })])).text,
      `I see ${IMAGE_TEXT}`,
    );
  },
  "tells errors by their status": async ({ chat, open }) => {
    for (const status of [400, 403, 429, 529]) {
      const error = await assertRejects(() => chat().invoke(`[error ${status}]`), Error);
      assertEquals((error as Error & { status?: number }).status, status);
    }
    const stranger = chat({ apiKey: "wrong" });
    const error = await assertRejects(() => stranger.invoke("Hi"), Error);
    assertEquals((error as Error & { status?: number }).status, 401);
    assertEquals(open.proxy.passed.at(-1)?.status, 401);
  },
  "tries a second time, and no third": async ({ chat, open, says }) => {
    const from = open.proxy.passed.length;
    await assertRejects(() => chat({ maxRetries: 1 }).invoke("[error 529]"));
    assertEquals(open.proxy.passed.length - from, 2);
    assertEquals((await chat({ maxRetries: 1 }).invoke("[error 500 once]")).text, says.text);
    assertEquals(open.proxy.passed.length - from, 4);
  },
  "tells an error within a stream": async ({ chat }) => {
    await assertRejects(async () => await concatenated(await chat().stream("[stream error]")));
  },
  "gives a stream up, of which the provider is told": async ({ chat, open }) => {
    const leaving = new AbortController();
    await assertRejects(async () => {
      const options = { signal: leaving.signal };
      const stream = await chat().stream("Go on for ever. [hold]", options);
      for await (const { text } of stream) if (text !== "") leaving.abort();
    });
    await open.standIn?.givenUp();
  },
};

async function concatenated(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
  assert(whole);
  return whole;
}

for (const way of WAYS) {
  const { says } = way;
  if (says === undefined) continue;
  Deno.test(`@langchain/anthropic at ${way.name}`, async (test) => {
    await using open = await way.open();
    const chat: Case["chat"] = (fields) =>
      new ChatAnthropic({
        model: open.model,
        anthropicApiUrl: open.origin,
        apiKey: open.key,
        maxRetries: 0,
        ...fields,
      });
    for (const [name, run] of Object.entries(CASES)) {
      await test.step(name, () => run({ open, says, chat }));
    }
  });
}
