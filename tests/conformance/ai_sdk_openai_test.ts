/** The AI SDK's default model of OpenAI, which asks for Responses and refers to items that are kept. */

import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { RESPONSES_WAYS, throughFake } from "../support/responses_ways.ts";

const weather = tool({
  description: "The weather in a city",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }) => `rain in ${city}`,
});

for (const way of RESPONSES_WAYS) {
  Deno.test(`the AI SDK's openai() at ${way.name}`, async (test) => {
    await using open = await way.open();
    const openai = createOpenAI({ apiKey: open.key, baseURL: `${open.origin}/v1` });
    const model = openai(open.model);
    await test.step("a text", async () => {
      const { text, finishReason } = await generateText({ model, prompt: "Hi", maxRetries: 0 });
      assert(text.length > 0);
      assertEquals(finishReason, "stop");
    });
    const prompt = way === throughFake ? '[tool=weather {"city":"Zürich"}]' : "Weather? [tool]";
    await test.step("a loop with a tool, whose items are referred to", async () => {
      const { text, steps } = await generateText({
        model,
        prompt,
        tools: { weather },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      assertEquals(steps.length, 2);
      if (way !== throughFake) assertStringIncludes(text, "rain in Zürich");
    });
    await test.step("the same as a stream", async () => {
      const { textStream } = streamText({
        model,
        prompt,
        tools: { weather },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      const text = (await Array.fromAsync(textStream)).join("");
      if (way !== throughFake) assertStringIncludes(text, "rain in Zürich");
    });
    await test.step("a second turn with the messages of the first", async () => {
      const first = await generateText({ model, prompt: "Hi", maxRetries: 0 });
      const { text } = await generateText({
        model,
        messages: [
          { role: "user", content: "Hi" },
          ...first.response.messages,
          { role: "user", content: "And now?" },
        ],
        maxRetries: 0,
      });
      assert(text.length > 0);
    });
  });
}
