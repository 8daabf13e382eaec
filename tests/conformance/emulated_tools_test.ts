/** OpenAI's official client runs tools with a model that has none: it writes each call in another form. */

import OpenAI from "openai";
import { assertEquals } from "@std/assert";
import { throughWeir } from "../support/messages_ways.ts";
import { GREETING, RESULTS, startTextOnly } from "../support/providers/text_only.ts";
import { FORMS } from "../support/written_calls.ts";

const WRITTEN = { name: "get_weather", argument: "city", value: "Paris" };

/** The same model behind an API of its own, and behind OpenAI's. */
const PROVIDERS: Readonly<Record<string, (origin: string) => Record<string, string>>> = {
  "chatjimmy": (origin) => ({ CHATJIMMY_BASE_URL: origin }),
  "an upstream of texts": (origin) => ({
    UPSTREAM_TEXTS_BASE_URL: `${origin}/v1`,
    UPSTREAM_TEXTS_TOOLS: "emulate",
  }),
};

for (const [name, envOf] of Object.entries(PROVIDERS)) {
  Deno.test(`OpenAI's client runs tools through ${name}, in every form that a model writes`, async () => {
    const standIn = startTextOnly(WRITTEN);
    await using open = await throughWeir("llama", envOf(standIn.origin), standIn);
    const client = new OpenAI({
      apiKey: open.key,
      baseURL: `${open.origin}/v1`,
      maxRetries: 0,
    });
    for (const stream of [false, true]) {
      const cities: unknown[] = [];
      const params = (content: string) => ({
        model: "llama",
        messages: [{ role: "user" as const, content }],
        tools: [
          {
            type: "function" as const,
            function: {
              name: "get_weather",
              description: "The weather of a city.",
              parameters: {
                type: "object",
                properties: {
                  city: { type: "string" },
                  days: { type: "integer" },
                  unit: { enum: ["c", "f"] },
                },
                required: ["city"],
                additionalProperties: false,
              },
              parse: (text: string) => JSON.parse(text),
              function: ({ city }: { city: unknown }) => {
                cities.push(city);
                return "sunny";
              },
            },
          },
        ],
      });
      const options = { maxChatCompletions: FORMS.length + 1 };
      const run = (content: string) =>
        stream
          ? client.chat.completions.runTools({ ...params(content), stream }, options)
          : client.chat.completions.runTools(params(content), options);
      assertEquals(await run("Hello").finalContent(), GREETING);
      assertEquals(cities, [], "A greeting calls nothing");
      const text = await run("The weather of Paris? [calls]").finalContent();
      assertEquals(text, `I was given ${RESULTS} results.`);
      assertEquals(cities.filter((city) => city === "Paris").length, FORMS.length);
      assertEquals(cities.length, RESULTS);
    }
    for (const { answerHeaders } of open.proxy.passed) {
      assertEquals(answerHeaders.get("x-weir-tools"), "emulated");
    }
  });
}
