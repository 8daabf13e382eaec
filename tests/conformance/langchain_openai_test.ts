/** LangChain's chat model of OpenAI, told to ask for Responses. */

import { ChatOpenAI } from "@langchain/openai";
import { AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { RESPONSES_WAYS, throughFake } from "../support/responses_ways.ts";

const weather = tool(({ city }) => `rain in ${city}`, {
  name: "weather",
  description: "The weather in a city",
  schema: z.object({ city: z.string() }),
});

for (const way of RESPONSES_WAYS) {
  Deno.test(`LangChain's ChatOpenAI with useResponsesApi at ${way.name}`, async (test) => {
    await using open = await way.open();
    const chat = new ChatOpenAI({
      model: open.model,
      apiKey: open.key,
      useResponsesApi: true,
      maxRetries: 0,
      configuration: { baseURL: `${open.origin}/v1` },
    });
    await test.step("invokes", async () => {
      const { text } = await chat.invoke("Hi");
      assert(text.length > 0);
    });
    await test.step("streams", async () => {
      const texts = await Array.fromAsync(await chat.stream("Hi"), ({ text }) => text);
      assert(texts.join("").length > 0);
    });
    await test.step("calls a tool, and gives its result", async () => {
      const model = chat.bindTools([weather]);
      const prompt = way === throughFake ? '[tool=weather {"city":"Zürich"}]' : "Weather? [tool]";
      const question = new HumanMessage(prompt);
      let asked: AIMessageChunk | undefined;
      for await (const chunk of await model.stream([question])) {
        asked = asked === undefined ? chunk : asked.concat(chunk);
      }
      const [call] = asked?.tool_calls ?? [];
      assertEquals([call?.name, call?.args], ["weather", { city: "Zürich" }]);
      const result = new ToolMessage({ tool_call_id: call?.id ?? "", content: "rain in Zürich" });
      const { text } = await model.invoke([question, asked as AIMessageChunk, result]);
      if (way !== throughFake) assertStringIncludes(text, "rain in Zürich");
    });
  });
}
