/** OpenAI's client for Azure, against the stand-in and against Weir before several providers. */

import { AzureOpenAI } from "openai";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { AZURE_DEPLOYMENT, AZURE_KEY, ENTRA, startAzure } from "../support/providers/azure.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { CHAT_KEY, CHAT_TEXT, startStrictChat } from "../support/providers/strict_chat.ts";
import { type OpenWay, throughWeir } from "../support/messages_ways.ts";

const VERSION = "2024-10-21";

interface Way extends AsyncDisposable {
  readonly origin: string;
  readonly key: string;
  readonly standIn?: StandIn;
}

const WAYS: Readonly<Record<string, () => Way | Promise<Way>>> = {
  "the stand-in itself": () => ({ ...startAzure(VERSION), key: AZURE_KEY }),
  "Weir before the stand-in for chats": () => {
    const standIn = startStrictChat();
    return throughWeir(AZURE_DEPLOYMENT, {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
      MODEL_ALIASES: `${AZURE_DEPLOYMENT}=openai/gpt-stand-in`,
    }, standIn);
  },
  "Weir before Azure by deployments, with a key": () => {
    const standIn = startAzure(VERSION);
    return throughAzure(standIn, {
      AZURE_OPENAI_API_KEY: AZURE_KEY,
      AZURE_OPENAI_API_VERSION: VERSION,
    });
  },
  "Weir before Azure's version 1, with tokens of Entra": () => {
    const standIn = startAzure();
    return throughAzure(standIn, {
      AZURE_TENANT_ID: ENTRA.tenantId,
      AZURE_CLIENT_ID: ENTRA.clientId,
      AZURE_CLIENT_SECRET: ENTRA.clientSecret,
      AZURE_AUTHORITY_HOST: standIn.origin,
    });
  },
};

function throughAzure(
  standIn: StandIn,
  env: Readonly<Record<string, string>>,
): Promise<OpenWay<StandIn>> {
  return throughWeir(AZURE_DEPLOYMENT, { AZURE_OPENAI_ENDPOINT: standIn.origin, ...env }, standIn);
}

const ask = (content: string) => ({
  model: AZURE_DEPLOYMENT,
  messages: [{ role: "user" as const, content }],
});

for (const [name, open] of Object.entries(WAYS)) {
  Deno.test(`OpenAI's client for Azure at ${name}`, async (test) => {
    await using way = await open();
    const client = new AzureOpenAI({
      endpoint: way.origin,
      apiKey: way.key,
      apiVersion: VERSION,
      maxRetries: 0,
    });
    await test.step("a chat", async () => {
      const { choices } = await client.chat.completions.create(ask("Say something."));
      assertEquals(choices[0]?.message.content, CHAT_TEXT);
    });
    await test.step("a stream, whatever the filters say in it", async () => {
      const stream = await client.chat.completions.create({
        ...ask("Say something."),
        stream: true,
      });
      let text = "";
      for await (const { choices } of stream) text += choices[0]?.delta?.content ?? "";
      assertEquals(text, CHAT_TEXT);
    });
    if (!name.includes("Azure")) return;
    await test.step("a prompt that the filter blocks is an error in Azure's own words", async () => {
      const thrown = await assertRejects(() =>
        client.chat.completions.create(ask("[blocked]"))
      ) as InstanceType<typeof AzureOpenAI.APIError>;
      assertEquals([thrown.status, thrown.code], [400, "content_filter"]);
    });
    await test.step("clients of other formats read the same streams", async () => {
      const response = await fetch(`${way.origin}/v1/messages`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "anthropic-version": "2023-06-01",
          "x-api-key": way.key,
        },
        body: JSON.stringify({ ...ask("Say something."), max_tokens: 100, stream: true }),
      });
      const text = await response.text();
      assert(text.includes("event: message_stop") && !text.includes("event: error"), text);
    });
    await test.step("what a token was asked for once serves all", () => {
      const asked = way.standIn?.requests.filter(({ path }) => path.endsWith("/token")) ?? [];
      assertEquals(asked.length, name.includes("Entra") ? 1 : 0);
    });
  });
}
