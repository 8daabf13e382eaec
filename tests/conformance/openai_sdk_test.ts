/** OpenAI's official client at chats of each provider: its own API, and Anthropic's behind Weir. */

import OpenAI from "openai";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import {
  chatDirectly,
  type OpenWay,
  type Says,
  throughChat,
  throughMessages,
  type Way,
} from "../support/messages_ways.ts";
import { IMAGE, IMAGE_TEXT, WEATHER } from "./questions.ts";

const TIMEOUT_MS = 20_000;

type Params = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream">;
type Message = OpenAI.ChatCompletionMessageParam;

interface Case {
  readonly open: OpenWay;
  readonly way: Way;
  readonly says: Says;
  readonly client: OpenAI;
  ask(content: OpenAI.ChatCompletionUserMessageParam["content"]): Params;
}

const TOOL: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: WEATHER.name,
    description: WEATHER.description,
    parameters: { ...WEATHER.input_schema },
  },
};

const CASES: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "creates a completion, and tells its request's id": async ({ client, open, says, ask }) => {
    const completion = await client.chat.completions.create(ask("Say something."));
    assertEquals(textOf(completion), says.text);
    assertEquals(completion.choices[0]?.finish_reason, "stop");
    const { prompt_tokens: prompt, prompt_tokens_details: details } = completion.usage ?? {};
    assertEquals([prompt, details?.cached_tokens, completion.usage?.completion_tokens], [
      43,
      7,
      15,
    ]);
    const requestId = open.proxy.passed.at(-1)?.answerHeaders.get("x-request-id");
    assert(requestId && completion._request_id === requestId);
  },
  "streams, with usage where it is asked for": async ({ client, says, ask }) => {
    for (const hasUsage of [false, true]) {
      const stream = await client.chat.completions.create({
        ...ask("Say something."),
        stream: true,
        ...(hasUsage && { stream_options: { include_usage: true } }),
      });
      const chunks = await Array.fromAsync(stream);
      const texts = chunks.map(({ choices }) => choices[0]?.delta.content ?? "");
      assert(texts.filter((text) => text !== "").length > 1);
      assertEquals(texts.join(""), says.text);
      const usage = chunks.findLast(({ usage }) => usage)?.usage;
      assertEquals(usage?.completion_tokens, hasUsage ? 15 : undefined);
    }
  },
  "streams with the helper": async ({ client, says, ask }) => {
    const completion = await client.chat.completions.stream(ask("Say something."))
      .finalChatCompletion();
    assertEquals([textOf(completion), completion.choices[0]?.finish_reason], [says.text, "stop"]);
  },
  "calls tools, also two at once, and gives their results": async ({ client, ask }) => {
    for (const [scene, count] of [["[tool]", 1], ["[parallel]", 2]] as const) {
      const question = { ...ask(`The weather? ${scene}`), tools: [TOOL] };
      for (const isStreamed of [false, true]) {
        const asked = isStreamed
          ? await client.chat.completions.stream(question).finalChatCompletion()
          : await client.chat.completions.create(question);
        assertEquals(asked.choices[0]?.finish_reason, "tool_calls");
        const calls = (asked.choices[0]?.message.tool_calls ?? []).flatMap((call) =>
          call.type === "function" ? [call] : []
        );
        assertEquals(
          calls.map(({ function: { name, arguments: input } }) => [name, JSON.parse(input)]),
          Array(count).fill(["get_weather", { city: "Zürich" }]),
        );
        const results = calls.map(({ id }): Message => ({
          role: "tool",
          tool_call_id: id,
          content: "rain",
        }));
        const answered = await client.chat.completions.create({
          ...question,
          // The helper's own members beside them are refused.
          messages: [
            ...question.messages,
            {
              role: "assistant",
              content: asked.choices[0]?.message.content ?? null,
              tool_calls: calls.map(({ id, type, function: { name, arguments: input } }) => ({
                id,
                type,
                function: { name, arguments: input },
              })),
            },
            ...results,
          ],
        });
        assertEquals(textOf(answered), `The tool said: ${Array(count).fill("rain").join(" and ")}`);
      }
    }
  },
  "reads reasoning, and sends it back": async ({ client, open, way, says, ask }) => {
    const question = { ...ask("Think. [think]"), reasoning_effort: "low" as const };
    const thought = await client.chat.completions.create(question);
    const message = thought.choices[0]?.message as Reasoning & { readonly content: string };
    assertEquals([message.reasoning_content, message.content], [says.thinking, says.text]);
    const stream = await client.chat.completions.create({ ...question, stream: true });
    const deltas = await Array.fromAsync(stream, ({ choices }) => choices[0]?.delta);
    const texts = deltas.map((delta) => (delta as Reasoning | undefined)?.reasoning_content ?? "");
    assertEquals(texts.join(""), says.thinking);
    // OpenAI's own API knows none of it.
    if (way !== throughMessages) return;
    const again = await client.chat.completions.create({
      ...question,
      messages: [...question.messages, message as unknown as Message, {
        role: "user",
        content: "And now?",
      }],
    });
    assertEquals(textOf(again), says.text);
    const sent = open.standIn?.requests.at(-1)?.json.messages as readonly JsonObject[];
    const [block] = sent[1]?.content as readonly JsonObject[];
    assertEquals([block?.type, block?.thinking], ["thinking", says.thinking]);
    assertEquals(block?.signature, message.reasoning_details?.[0]?.signature);
  },
  "sends images": async ({ client, ask }) => {
    const completion = await client.chat.completions.create(ask([
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE}` } },
      { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
    ]));
    assertEquals(textOf(completion), `I see ${IMAGE_TEXT} and https://example.com/cat.png`);
  },
  "tells errors by their class": async ({ client, open, ask }) => {
    const classes = {
      400: OpenAI.BadRequestError,
      403: OpenAI.PermissionDeniedError,
      404: OpenAI.NotFoundError,
      413: OpenAI.APIError,
      429: OpenAI.RateLimitError,
      500: OpenAI.InternalServerError,
      529: OpenAI.InternalServerError,
    };
    for (const [status, errorClass] of Object.entries(classes)) {
      const error = await assertRejects(() =>
        client.chat.completions.create(ask(`[error ${status}]`))
      );
      assertInstanceOf(error, errorClass);
      assertEquals(error.status, Number(status));
      assert(error.requestID);
      assert(error.message.includes(status), error.message);
    }
    const stranger = clientOf({ ...open, key: "wrong" });
    await assertRejects(
      () => stranger.chat.completions.create(ask("Hi")),
      OpenAI.AuthenticationError,
    );
  },
  "tells an error within a stream": async ({ client, ask }) => {
    const question = ask("Say something. [stream error]");
    const error = await assertRejects(async () => {
      const stream = await client.chat.completions.create({ ...question, stream: true });
      await Array.fromAsync(stream);
    }, OpenAI.APIError);
    assert(error.message.includes("Overloaded"), error.message);
  },
  "tries a second time, and no third": async ({ open, says, ask }) => {
    const patient = clientOf(open, 1);
    const from = open.proxy.passed.length;
    await assertRejects(() => patient.chat.completions.create(ask("[error 529]")));
    assertEquals(open.proxy.passed.length - from, 2);
    const completion = await patient.chat.completions.create(ask("[error 529 once]"));
    assertEquals(textOf(completion), says.text);
    assertEquals(open.proxy.passed.length - from, 4);
  },
  "gives a stream up, of which the provider is told": async ({ client, open, ask }) => {
    const stream = await client.chat.completions.create({
      ...ask("Go on for ever. [hold]"),
      stream: true,
    });
    for await (const _ of stream) stream.controller.abort();
    await open.standIn?.givenUp();
  },
  "lists models": async ({ client }) => {
    const ids = await Array.fromAsync(client.models.list(), ({ id }) => id);
    assert(ids[0] !== undefined);
    assertEquals((await client.models.retrieve(ids[0])).id, ids[0]);
  },
};

/** What other clients know of an answer beyond OpenAI's own fields. */
interface Reasoning {
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly JsonObject[];
}

function textOf({ choices }: OpenAI.ChatCompletion): string | null | undefined {
  return choices[0]?.message.content;
}

function clientOf({ origin, key }: OpenWay, maxRetries = 0): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: key, maxRetries, timeout: TIMEOUT_MS });
}

for (const way of [chatDirectly, throughChat, throughMessages]) {
  const { says } = way;
  Deno.test(`openai at ${way.name}`, async (test) => {
    await using open = await way.open();
    const given: Case = {
      open,
      way,
      says: says as Says,
      client: clientOf(open),
      ask: (content) => ({ model: open.model, messages: [{ role: "user", content }] }),
    };
    for (const [name, run] of Object.entries(CASES)) await test.step(name, () => run(given));
  });
}
