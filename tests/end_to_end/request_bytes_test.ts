/** A request that Weir has to change reaches its provider with every other byte as it came. */

import { assertEquals } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { type Provider, startProvider } from "../support/provider.ts";
import { openSocket } from "../support/socket_client.ts";

/** What a JSON reader and writer would not give back: large numbers, digits, escapes, order, blanks. */
const TOOLS = '[{"type":"function", "function":{"name":"f","parameters":' +
  '{"maximum":9007199254740993,"minimum":-1.50,"multipleOf":1e-400}}}]';
const REST =
  `"2":null,"1" : 1E400 ,"messages":[ {"content":"\\u0068i \\/ \u{1F600}","role":"user"}],` +
  `\n"tools":${TOOLS},"metadata":{"n":12345678901234567890}`;
const SEED = '"seed":9007199254740991';

interface Way {
  readonly name: string;
  readonly path?: string;
  readonly sent: string;
  readonly received: string;
}

const USAGE = '"stream_options":{"include_usage":true}';

const WAYS: readonly Way[] = [
  {
    name: "chat",
    path: "/v1/chat/completions",
    sent: `{${REST}, "mode\\u006c" : "fast",${SEED} }`,
    received: `{${REST}, "mode\\u006c" : "real",${SEED} }`,
  },
  {
    name: "a streamed chat, which is asked for its usage",
    path: "/v1/chat/completions",
    sent: `{ "stream":true,${REST},"model":"fast"}`,
    received: `{${USAGE}, "stream":true,${REST},"model":"real"}`,
  },
  {
    name: "a streamed chat with options of its own",
    path: "/v1/chat/completions",
    sent: `{"model":"fast","stream":true,"stream_options":{ "x":1.0 },${REST}}`,
    received:
      `{"model":"real","stream":true,"stream_options":{"include_usage":true, "x":1.0 },${REST}}`,
  },
  {
    name: "a legacy completion",
    path: "/v1/completions",
    sent: `{"prompt":"hi","model":"fast",${SEED},"logit_bias":{"50256":-100.0}}`,
    received: `{"prompt":"hi","model":"real",${SEED},"logit_bias":{"50256":-100.0}}`,
  },
  {
    name: "embeddings",
    path: "/v1/embeddings",
    sent: `{"input":[ "hi" ],"model" :"fast","dimensions":8,"x":1e400}`,
    received: `{"input":[ "hi" ],"model" :"real","dimensions":8,"x":1e400}`,
  },
  {
    name: "the service",
    path: "/api/v1/inference",
    sent: `{${REST},"model":"fast","stream":false}`,
    received: `{${REST},"model":"real","stream":false}`,
  },
  {
    name: "the service's stream",
    path: "/api/v1/inference/stream",
    sent: `{${REST},"model":"fast"}`,
    received: `{${USAGE},"stream":true,${REST},"model":"real"}`,
  },
  {
    name: "the service's stream, whatever was asked for",
    path: "/api/v1/inference/stream",
    sent: `{"stream" : false,"stream_options":null,${REST},"model":"fast"}`,
    received: `{"stream" : true,"stream_options":{"include_usage":true},${REST},"model":"real"}`,
  },
  {
    name: "the socket",
    sent: `{${REST},"model":"fast"}`,
    received: `{${USAGE},"stream":true,${REST},"model":"real"}`,
  },
  {
    name: "the socket, whole",
    sent: `{"stream" : false, ${REST},"model":"fast"}`,
    received: `{"stream" : false, ${REST},"model":"real"}`,
  },
];

async function send(weir: Program, { path, sent }: Way): Promise<void> {
  if (path === undefined) {
    await using client = await openSocket(weir.url);
    client.send(`{ "id":"a", "type":"inference_request","d\\u0061ta" : ${sent} }`);
    await client.ended("a");
    return;
  }
  const response = await fetch(`${weir.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: sent,
  });
  await response.text();
}

function lastBody(provider: Provider): string | undefined {
  return provider.requests.findLast(({ method }) => method === "POST")?.body;
}

Deno.test("a model that goes by another name is changed in the bytes, and nothing else is", async (test) => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      MODEL_ALIASES: "fast=openai/real",
    },
  });
  for (const way of WAYS) {
    await test.step(way.name, async () => {
      await send(weir, way);
      assertEquals(lastBody(provider), way.received);
      await send(weir, { ...way, sent: way.sent.replace('"fast"', '"openai/real"') });
      assertEquals(lastBody(provider), way.received);
    });
  }
});

Deno.test("fields that a provider refuses are cut out of the bytes", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { VENICE_API_KEY: "key", VENICE_BASE_URL: provider.baseUrl },
  });
  await send(weir, {
    name: "",
    path: "/v1/chat/completions",
    sent: `{"audio":{}, "model":"m", "logit_bias":{"1":1}, ${REST},` +
      `"stream_options":{"include_usage":true, "include_obfuscation":false},"service_tier":"auto"}`,
    received: "",
  });
  assertEquals(
    lastBody(provider),
    `{"model":"m", ${REST},"stream_options":{"include_usage":true}}`,
  );
});

Deno.test("a request on a socket that names a field twice is refused, as over HTTP", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
  });
  for (const second of ["model", "mode\\u006c", "Model"]) {
    await using client = await openSocket(weir.url);
    client.send(
      `{"type":"inference_request","id":"a","data":{"model":"a","${second}":"b",` +
        '"messages":[{"role":"user","content":"hi"}]}}',
    );
    const { type, error } = await client.ended("a");
    assertEquals([type, JSON.stringify(error).includes("a field twice")], ["error", true], second);
  }
  assertEquals(lastBody(provider), undefined);
});
