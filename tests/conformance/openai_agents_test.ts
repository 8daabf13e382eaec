/** OpenAI's SDK for agents, which asks for Responses. */

import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from "@openai/agents";
import { assert, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { RESPONSES_WAYS, throughFake } from "../support/responses_ways.ts";

setTracingDisabled(true);

for (const way of RESPONSES_WAYS) {
  Deno.test(`@openai/agents at ${way.name}`, async (test) => {
    await using open = await way.open();
    const modelProvider = new OpenAIProvider({
      apiKey: open.key,
      baseURL: `${open.origin}/v1`,
      useResponses: true,
    });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const asked: string[] = [];
    const weather = tool({
      name: "weather",
      description: "The weather in a city",
      parameters: z.object({ city: z.string() }),
      execute: ({ city }) => {
        asked.push(city);
        return `rain in ${city}`;
      },
    });
    const agent = new Agent({
      name: "Meteorologist",
      instructions: "Be brief.",
      model: open.model,
      tools: [weather],
    });
    await test.step("a turn", async () => {
      const { finalOutput } = await runner.run(agent, "Hi");
      assert(String(finalOutput).length > 0);
    });
    const question = way === throughFake ? '[tool=weather {"city":"Zürich"}]' : "Weather? [tool]";
    await test.step("a loop with a tool", async () => {
      const { finalOutput } = await runner.run(agent, question);
      assertStringIncludes(asked.join(), "Zürich");
      if (way !== throughFake) assertStringIncludes(String(finalOutput), "rain in Zürich");
    });
    await test.step("the same as a stream", async () => {
      const streamed = await runner.run(agent, question, { stream: true });
      let text = "";
      for await (const piece of streamed.toTextStream()) text += piece;
      await streamed.completed;
      if (way !== throughFake) assertStringIncludes(text, "rain in Zürich");
    });
    await test.step("a second turn that goes on from the first", async () => {
      const first = await runner.run(agent, "Hi");
      const second = await runner.run(agent, "And now?", {
        previousResponseId: first.lastResponseId ?? "",
      });
      assert(String(second.finalOutput).length > 0);
    });
  });
}
