/** Vercel's AI SDK with its provider for Anthropic. */

import { createAnthropic } from "@ai-sdk/anthropic";
import { APICallError, generateText, isStepCount, RetryError, streamText, tool } from "ai";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { z } from "zod";
import { type OpenWay, type Says, WAYS } from "../support/messages_ways.ts";
import { IMAGE, IMAGE_TEXT } from "./questions.ts";

// It warns of each model whose name it does not know.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

type Model = ReturnType<ReturnType<typeof createAnthropic>>;

const CASES: Readonly<Record<string, (model: Model, open: OpenWay, says: Says) => Promise<void>>> =
  {
    "generates text": async (model, open, said) => {
      const { text, finishReason, usage, response } = await generateText({ model, prompt: "Hi" });
      assertEquals([text, finishReason], [said.text, "stop"]);
      assertEquals([usage.inputTokens, usage.outputTokens], [25 + 11 + 7, 15]);
      const sent = open.proxy.passed.at(-1)?.answerHeaders.get("request-id");
      assertEquals(response.headers?.["request-id"], sent ?? "none");
    },
    "streams text": async (model, _open, said) => {
      const { textStream, finishReason } = streamText({ model, prompt: "Hi" });
      const texts = await Array.fromAsync(textStream);
      assert(texts.length > 1);
      assertEquals([texts.join(""), await finishReason], [said.text, "stop"]);
    },
    "runs tools until it is answered": async (model) => {
      const weather = tool({
        description: "The weather in a city",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => `rain in ${city}`,
      });
      const question = {
        model,
        prompt: "The weather? [parallel]",
        tools: { weather },
        stopWhen: isStepCount(3),
      };
      const says = "The tool said: rain in Zürich and rain in Zürich";
      assertEquals((await generateText(question)).text, says);
      const { text, steps } = streamText(question);
      assert((await text).endsWith(says));
      assertEquals((await steps).map(({ finishReason }) => finishReason), ["tool-calls", "stop"]);
    },
    "reads thinking, and sends it back": async (model, _open, said) => {
      const options = { anthropic: { thinking: { type: "adaptive" } } };
      const question = { role: "user" as const, content: "Think. [think]" };
      const thought = streamText({ model, messages: [question], providerOptions: options });
      assertEquals(await thought.reasoningText, said.thinking);
      const again = await generateText({
        model,
        messages: [
          question,
          ...(await thought.response).messages,
          { role: "user", content: "And now?" },
        ],
        providerOptions: options,
      });
      assertEquals(again.text, said.text);
    },
    "sends images": async (model) => {
      const image = { type: "file" as const, mediaType: "image/png", data: IMAGE };
      const content = [{ type: "text" as const, text: "What is this?" }, image];
      const { text } = await generateText({ model, messages: [{ role: "user", content }] });
      assertEquals(text, `I see ${IMAGE_TEXT}`);
    },
    "tells errors by their status, and which may be tried again": async (model) => {
      for (const [status, isRetryable] of [[400, false], [403, false], [429, true], [529, true]]) {
        const prompt = `[error ${status}]`;
        const error = await assertRejects(
          () => generateText({ model, prompt, maxRetries: 0 }),
          APICallError,
        );
        assertEquals([error.statusCode, error.isRetryable], [status, isRetryable]);
        assert(error.message.includes(String(status)), error.message);
      }
    },
    "tries a second time, and no third": async (model, open, said) => {
      const from = open.proxy.passed.length;
      await assertRejects(
        () => generateText({ model, prompt: "[error 529]", maxRetries: 1 }),
        RetryError,
      );
      assertEquals(open.proxy.passed.length - from, 2);
      const { text } = await generateText({ model, prompt: "[error 500 once]", maxRetries: 1 });
      assertEquals(text, said.text);
      assertEquals(open.proxy.passed.length - from, 4);
    },
    "tells an error within a stream": async (model) => {
      const errors: unknown[] = [];
      const stream = streamText({
        model,
        prompt: "[stream error]",
        maxRetries: 0,
        onError: ({ error }) => void errors.push(error),
      });
      await stream.consumeStream();
      assertEquals(errors.length, 1);
    },
    "gives a stream up, of which the provider is told": async (model, open) => {
      const leaving = new AbortController();
      const { textStream } = streamText({
        model,
        prompt: "Go on for ever. [hold]",
        abortSignal: leaving.signal,
      });
      for await (const _ of textStream) leaving.abort();
      await open.standIn?.givenUp();
    },
  };

for (const way of WAYS) {
  const { says } = way;
  if (says === undefined) continue;
  Deno.test(`@ai-sdk/anthropic at ${way.name}`, async (test) => {
    await using open = await way.open();
    const provider = createAnthropic({ baseURL: `${open.origin}/v1`, apiKey: open.key });
    for (const [name, run] of Object.entries(CASES)) {
      await test.step(name, () => run(provider(open.model), open, says));
    }
  });
}
