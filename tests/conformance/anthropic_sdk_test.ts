/** Anthropic's official client, the newest and an old one, which speak two versions of the API. */

import Newest from "@anthropic-ai/sdk";
import Old from "@anthropic-ai/sdk-0";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type OpenWay, type Says, type Way, WAYS } from "../support/messages_ways.ts";
import { assertUntouched } from "../support/untouched.ts";
import { IMAGE, IMAGE_TEXT, WEATHER } from "./questions.ts";

const TIMEOUT_MS = 20_000;

type Sdk = typeof Newest;

const SDKS: Readonly<Record<string, Sdk>> = {
  "newest": Newest,
  // The tests use what both have; of its types only names and new fields differ.
  "0.69": Old as unknown as Sdk,
};

interface Case {
  readonly Client: Sdk;
  readonly open: OpenWay;
  readonly way: Way;
  readonly says: Says;
  readonly client: Newest;
  ask(content: Newest.MessageParam["content"]): Newest.MessageCreateParamsNonStreaming;
}

const CASES: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "creates a message, and tells its request's id": async ({ client, open, says, ask }) => {
    const message = await client.messages.create(ask("Say something."));
    assertEquals(message.content.map(textOf), [says.text]);
    assertEquals(message.stop_reason, "end_turn");
    const { input_tokens: input, cache_read_input_tokens: cached } = message.usage;
    assertEquals([input, cached, message.usage.output_tokens], [
      says.freshInputTokens,
      7,
      15,
    ]);
    const requestId = open.proxy.passed.at(-1)?.answerHeaders.get("request-id");
    assert(requestId && message._request_id === requestId);
  },
  "streams with the helper": async ({ client, says, ask }) => {
    const texts: string[] = [];
    const stream = client.messages.stream(ask("Say something."))
      .on("text", (text) => texts.push(text));
    const message = await stream.finalMessage();
    assert(texts.length > 1);
    assertEquals(texts.join(""), says.text);
    assertEquals(message.content.map(textOf), [says.text]);
    assertEquals([message.stop_reason, message.usage.output_tokens], ["end_turn", 15]);
  },
  "streams raw events": async ({ client, ask }) => {
    const stream = await client.messages.create({ ...ask("Say something."), stream: true });
    const types = await Array.fromAsync(stream, ({ type }) => type);
    assertEquals([types[0], types.at(-2), types.at(-1)], [
      "message_start",
      "message_delta",
      "message_stop",
    ]);
  },
  "calls tools, also two at once, and gives their results": async ({ client, ask }) => {
    for (const [scene, count] of [["[tool]", 1], ["[parallel]", 2]] as const) {
      const question = { ...ask(`The weather? ${scene}`), tools: [WEATHER] };
      const asked = await client.messages.stream(question).finalMessage();
      const calls = asked.content.filter((block) => block.type === "tool_use");
      assertEquals(asked.stop_reason, "tool_use");
      assertEquals(calls.map(({ name, input }) => ({ name, input })), [
        ...Array(count).fill({ name: "get_weather", input: { city: "Zürich" } }),
      ]);
      const answered = await client.messages.create({
        ...question,
        messages: [
          ...question.messages,
          { role: "assistant", content: asked.content },
          {
            role: "user",
            content: calls.map(({ id }) => ({
              type: "tool_result",
              tool_use_id: id,
              content: [{ type: "text", text: "rain" }],
            })),
          },
        ],
      });
      const said = Array(count).fill("rain").join(" and ");
      assertEquals(answered.content.map(textOf), [`The tool said: ${said}`]);
    }
  },
  "reads thinking, and sends it back": async ({ client, way, says, ask }) => {
    const question = {
      ...ask("Think. [think]"),
      thinking: { type: "enabled", budget_tokens: 1_024 } as const,
    };
    const thought = await client.messages.stream(question).finalMessage();
    const [first] = thought.content;
    assert(first?.type === "thinking");
    assertEquals(first.thinking, says.thinking);
    // Of a chat there is none.
    if (way.isUntouched) assert(first.signature.length > 0);
    const again = await client.messages.create({
      ...question,
      messages: [
        ...question.messages,
        { role: "assistant", content: thought.content },
        { role: "user", content: "And now?" },
      ],
    });
    assertEquals(again.content.map(textOf), [says.text]);
  },
  "sends images": async ({ client, ask }) => {
    const content: Newest.ContentBlockParam[] = [
      { type: "text", text: "What is this?" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE } },
      { type: "image", source: { type: "url", url: "https://example.com/cat.png" } },
    ];
    const message = await client.messages.create(ask(content));
    const says = `I see ${IMAGE_TEXT} and https://example.com/cat.png`;
    assertEquals(message.content.map(textOf), [says]);
  },
  "sends betas with their fields, which are none of a chat": async ({ client, open, way, ask }) => {
    await client.beta.messages.create({
      ...ask("Say something.") as Newest.Beta.MessageCreateParamsNonStreaming,
      betas: ["context-management-2025-06-27"],
      context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
    });
    const [sent, arrived] = [open.proxy.passed.slice(-1), open.standIn?.requests.slice(-1) ?? []];
    if (!way.isUntouched) {
      assertEquals(arrived[0]?.headers.get("anthropic-beta"), null);
      assert(sent[0]?.answerHeaders.get("x-weir-warning")?.includes("context_management"));
      return;
    }
    assertUntouched(sent, arrived);
    assertEquals(arrived[0]?.headers.get("anthropic-beta"), "context-management-2025-06-27");
    assert(arrived[0]?.json.context_management);
  },
  "tells errors by their class": async ({ Client, client, open, ask }) => {
    const classes = {
      400: Client.BadRequestError,
      403: Client.PermissionDeniedError,
      404: Client.NotFoundError,
      413: Client.APIError,
      429: Client.RateLimitError,
      500: Client.InternalServerError,
      529: Client.InternalServerError,
    };
    for (const [status, errorClass] of Object.entries(classes)) {
      const error = await assertRejects(() => client.messages.create(ask(`[error ${status}]`)));
      assertInstanceOf(error, errorClass);
      const { status: got, requestID, error: body } = error as InstanceType<Sdk["APIError"]>;
      assertEquals(got, Number(status));
      assert(requestID);
      assertEquals((body as { type: string }).type, "error");
    }
    const stranger = clientOf(Client, { ...open, key: "wrong" });
    await assertRejects(() => stranger.messages.create(ask("Hi")), Client.AuthenticationError);
  },
  "tells an error within a stream": async ({ Client, client, ask }) => {
    const stream = client.messages.stream(ask("Say something. [stream error]"));
    const error = await assertRejects(() => stream.finalMessage(), Client.APIError);
    assert(error.message.includes("overloaded_error"), error.message);
  },
  "tries a second time, and no third": async ({ Client, open, says, ask }) => {
    const patient = clientOf(Client, open, 1);
    const from = open.proxy.passed.length;
    await assertRejects(() => patient.messages.create(ask("[error 529]")));
    assertEquals(open.proxy.passed.length - from, 2);
    const message = await patient.messages.create(ask("[error 529 once]"));
    assertEquals(message.content.map(textOf), [says.text]);
    assertEquals(open.proxy.passed.length - from, 4);
  },
  "gives a stream up, of which the provider is told": async ({ client, open, ask }) => {
    const stream = client.messages.stream(ask("Go on for ever. [hold]"));
    stream.on("text", () => stream.abort());
    await assertRejects(() => stream.finalMessage());
    assert(stream.aborted);
    await open.standIn?.givenUp();
  },
  "lists models, a thousand at once and page by page": async ({ client }) => {
    const page = await client.models.list({ limit: 1_000 });
    assert(page.data.length > 1 && !page.has_more);
    const ids = await Array.fromAsync(client.models.list({ limit: 1 }), ({ id }) => id);
    assertEquals(ids, page.data.map(({ id }) => id));
    const [first] = page.data;
    assert(first);
    assertEquals((await client.models.retrieve(first.id)).id, first.id);
  },
  "counts tokens, where anybody can": async ({ Client, client, way, ask }) => {
    const { max_tokens: _, ...question } = ask("How many?");
    if (!way.isUntouched) {
      await assertRejects(() => client.messages.countTokens(question), Client.NotFoundError);
      return;
    }
    assert((await client.messages.countTokens(question)).input_tokens > 0);
  },
};

function textOf(block: Newest.ContentBlock): string {
  return block.type === "text" ? block.text : block.type;
}

function clientOf(Client: Sdk, { origin, key }: OpenWay, maxRetries = 0): Newest {
  return new Client({
    baseURL: origin,
    apiKey: key,
    authToken: null,
    maxRetries,
    timeout: TIMEOUT_MS,
  });
}

for (const way of WAYS) {
  const { says } = way;
  if (says === undefined) continue;
  for (const [version, Client] of Object.entries(SDKS)) {
    Deno.test(`@anthropic-ai/sdk, ${version}, at ${way.name}`, async (test) => {
      await using open = await way.open();
      const given: Case = {
        Client,
        open,
        way,
        says,
        client: clientOf(Client, open),
        ask: (content) => ({
          model: open.model,
          max_tokens: 1_200,
          messages: [{ role: "user", content }],
        }),
      };
      for (const [name, run] of Object.entries(CASES)) await test.step(name, () => run(given));
    });
  }
}
