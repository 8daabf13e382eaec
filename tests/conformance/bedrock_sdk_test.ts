/** The clients for Bedrock of Anthropic and of AWS, against the stand-in and against Weir before several providers. */

import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ANTHROPIC_KEY,
  ANTHROPIC_TEXT,
  type AnthropicStandIn,
  startAnthropic,
} from "../support/providers/anthropic.ts";
import {
  BEDROCK_CLAUDE,
  BEDROCK_KEY,
  BEDROCK_NOVA,
  startBedrock,
} from "../support/providers/bedrock.ts";
import { type OpenWay, throughWeir } from "../support/messages_ways.ts";
import { signatureProblem, SIGNING_KEYS } from "./check_signature.ts";
import { WEATHER } from "./questions.ts";

const MODEL = "anthropic.claude-opus-5-5-v1:0";

interface Pointed {
  readonly origin: string;
  readonly key: string;
}

function anthropicClient({ origin: baseURL, key }: Pointed): AnthropicBedrock {
  return new AnthropicBedrock({ baseURL, apiKey: key, awsRegion: "us-east-1", maxRetries: 0 });
}

function awsClient({ origin, key }: Pointed): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: origin,
    region: "us-east-1",
    token: { token: key },
    authSchemePreference: ["httpBearerAuth"],
    maxAttempts: 1,
  });
}

const WAYS: Readonly<Record<string, () => Promise<Pointed & AsyncDisposable>>> = {
  "the stand-in itself": () => {
    const standIn = startBedrock();
    const dispose = () => standIn[Symbol.asyncDispose]();
    return Promise.resolve({
      origin: standIn.origin,
      key: BEDROCK_KEY,
      [Symbol.asyncDispose]: dispose,
    });
  },
  "Weir before the stand-in for Anthropic": () => {
    const standIn = startAnthropic();
    const env = { ANTHROPIC_API_KEY: ANTHROPIC_KEY, ANTHROPIC_BASE_URL: standIn.origin };
    return throughWeir(MODEL, env, standIn);
  },
  "Weir before the stand-in for Bedrock": () => openSigned(),
};

/** Weir, which signs what it asks Bedrock's stand-in. */
function openSigned(): Promise<OpenWay<AnthropicStandIn>> {
  const standIn = startBedrock(signatureProblem);
  return throughWeir(MODEL, {
    BEDROCK_BASE_URL: standIn.origin,
    BEDROCK_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: SIGNING_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SIGNING_KEYS.secretAccessKey,
    AWS_SESSION_TOKEN: SIGNING_KEYS.sessionToken ?? "",
  }, standIn);
}

const ask = (content: string) => ({
  model: MODEL,
  max_tokens: 1_024,
  messages: [{ role: "user" as const, content }],
});

for (const [name, open] of Object.entries(WAYS)) {
  Deno.test(`the clients for Bedrock at ${name}`, async (test) => {
    await using way = await open();
    const anthropic = anthropicClient(way);
    const aws = awsClient(way);

    await test.step("AnthropicBedrock creates a message", async () => {
      const { content, stop_reason: reason } = await anthropic.messages.create(
        ask("Say something."),
      );
      assertEquals([content.map((block) => block.type === "text" && block.text), reason], [
        [ANTHROPIC_TEXT],
        "end_turn",
      ]);
    });
    await test.step("AnthropicBedrock streams, a tool and its result", async () => {
      const tools = [WEATHER];
      const question = ask("[tool] How is the weather?");
      const first = await anthropic.messages.stream({ ...question, tools }).finalMessage();
      assertEquals(first.stop_reason, "tool_use");
      const call = first.content.find((block) => block.type === "tool_use");
      assert(call?.type === "tool_use");
      const answer = await anthropic.messages.stream({
        ...question,
        tools,
        messages: [
          ...question.messages,
          { role: "assistant", content: first.content },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: call.id, content: "Sunny" }],
          },
        ],
      }).finalText();
      assertEquals(answer, "The tool said: Sunny");
    });
    await test.step("AnthropicBedrock is told of an error before and within a stream", async () => {
      await assertRejects(
        () => anthropic.messages.create(ask("[error 429]")),
        Error,
        "429",
      );
      const stream = anthropic.messages.stream(ask("[stream error]"));
      await assertRejects(() => stream.finalMessage(), Error, "Overloaded");
    });
    await test.step("InvokeModel and its stream", async () => {
      const { model: modelId, ...rest } = ask("Say something.");
      const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", ...rest });
      const whole = await aws.send(new InvokeModelCommand({ modelId, body }));
      const message = JSON.parse(new TextDecoder().decode(whole.body));
      assertEquals(message.content, [{ type: "text", text: ANTHROPIC_TEXT }]);
      const streamed = await aws.send(
        new InvokeModelWithResponseStreamCommand({ modelId, body }),
      );
      const types: string[] = [];
      for await (const { chunk } of streamed.body ?? []) {
        types.push(JSON.parse(new TextDecoder().decode(chunk?.bytes)).type);
      }
      assertEquals([types[0], types.at(-1)], ["message_start", "message_stop"]);
    });
    await test.step("AWS's exceptions have their names", async () => {
      const { model: modelId, ...rest } = ask("[error 429]");
      const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", ...rest });
      const thrown = await assertRejects(() => aws.send(new InvokeModelCommand({ modelId, body })));
      assertEquals((thrown as Error).name, "ThrottlingException");
    });
  });
}

Deno.test("AWS's client reads what the stand-in says as Converse", async () => {
  await using standIn = startBedrock();
  const aws = awsClient({ origin: standIn.origin, key: BEDROCK_KEY });
  const asked = {
    modelId: BEDROCK_NOVA,
    messages: [{ role: "user" as const, content: [{ text: "[think] Say something." }] }],
  };
  const { output, usage } = await aws.send(new ConverseCommand(asked));
  assertEquals(output?.message?.content?.at(-1), { text: ANTHROPIC_TEXT });
  assertEquals(usage?.inputTokens, 25);
  const { stream } = await aws.send(new ConverseStreamCommand(asked));
  const events = await Array.fromAsync(stream ?? []);
  const text = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? "").join("");
  assertEquals(text, ANTHROPIC_TEXT);
  assert(events.at(-1)?.metadata !== undefined);
});

Deno.test("Weir's provider asks Bedrock in every form, signed as AWS's own code signs", async () => {
  await using way = await openSigned();
  const { standIn } = way;
  assert(standIn !== undefined);
  const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
  for (const model of [BEDROCK_CLAUDE, BEDROCK_NOVA, arn]) {
    for (const stream of [false, true]) {
      const response = await fetch(`${way.origin}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${way.key}` },
        body: JSON.stringify({
          model: `bedrock/${model}`,
          stream,
          messages: [{ role: "user", content: "Say something." }],
        }),
      });
      const text = await response.text();
      assertEquals(response.status, 200, text);
      assert(text.includes("Grüße"), text);
    }
  }
  const paths = standIn.requests.map(({ path }) => path).filter((path) => path.includes("/model/"));
  const encoded = encodeURIComponent(arn);
  assertEquals(paths, [
    `/model/${encodeURIComponent(BEDROCK_CLAUDE)}/invoke`,
    `/model/${encodeURIComponent(BEDROCK_CLAUDE)}/invoke-with-response-stream`,
    `/model/${encodeURIComponent(BEDROCK_NOVA)}/converse`,
    `/model/${encodeURIComponent(BEDROCK_NOVA)}/converse-stream`,
    `/model/${encoded}/converse`,
    `/model/${encoded}/converse-stream`,
  ]);
});
