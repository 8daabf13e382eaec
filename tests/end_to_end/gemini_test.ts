/** Google's API in front of Gemini and of others: what passes, what is translated, how it is refused. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkGeminiArray, checkGeminiStream } from "../formats/gemini/stream_checker.ts";
import { type Program, startProgram } from "../support/program.ts";
import { GEMINI_KEY, GEMINI_TEXT, startGemini } from "../support/providers/gemini.ts";
import { serveStandIn, type StandIn } from "../support/providers/stand_in.ts";
import { CHAT_KEY, CHAT_TEXT, startStrictChat } from "../support/providers/strict_chat.ts";

const OWN_KEY = "sk-weir-of-gemini";
const MODEL = "gemini-stand-in-0";
const GPT = "gpt-stand-in";

/** With what no two writers of JSON agree on, and with what nobody knows. */
const BODY = `{ "x_future": {"big": 12345678901234567890, "e": 1E2},\n "contents": ` +
  `[{"role": "user", "parts": [{"text": "hi", "x": "\\u0041"}]}] }`;
const ANSWER = `{ "candidates": [{"content": {"parts": [{"text": "\\u0041"}], "role": "model"},\n` +
  ` "finishReason": "STOP", "x_future": 12345678901234567890}], "usageMetadata": ` +
  `{"promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3}, "modelVersion": "g" }`;
const EVENTS = [
  `{"candidates": [{"content": {"parts": [{"text": "Gr\\u00fc"}],"role": "model"}}],"usageMetadata": {"promptTokenCount": 1,"totalTokenCount": 1}}`,
  `{"candidates": [{"content": {"parts": [{"text": "\u00dfe"   }],"role": "model"},"finishReason": "STOP"}],"usageMetadata": {"promptTokenCount": 1,"candidatesTokenCount": 9,"totalTokenCount": 10, "x": 12345678901234567890}}`,
];
const STREAM = EVENTS.map((event) => `data: ${event}\r\n\r\n`).join("");

function startScripted(): StandIn {
  return serveStandIn(({ path }) => {
    const isStream = path.includes(":stream");
    const body = path.includes(":countTokens")
      ? `{ "totalTokens": 14 }`
      : path.includes(":batch")
      ? `{ "embeddings": [{"values": [1e0]}] }`
      : isStream
      ? STREAM
      : ANSWER;
    const type = isStream ? "text/event-stream" : "application/json; charset=UTF-8";
    return new Response(body, { headers: { "content-type": type, "set-cookie": "a=b" } });
  });
}

function behind(standIn: StandIn, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: { GEMINI_API_KEY: GEMINI_KEY, GEMINI_BASE_URL: standIn.origin, ...env },
  });
}

async function post(
  weir: Program,
  path: string,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

function ask(text: string, more: object = {}): object {
  return { contents: [{ role: "user", parts: [{ text }] }], ...more };
}

Deno.test("what a Gemini client sends and reads passes byte for byte, its key does not", async () => {
  await using standIn = startScripted();
  await using weir = await behind(standIn, {
    PROXY_API_KEY: OWN_KEY,
    MODEL_ALIASES: "fast=gemini/gemini-b",
  });
  const headers = { "x-goog-api-key": OWN_KEY, "x-goog-api-client": "sdk/1", cookie: "a=b" };
  const whole = await post(weir, "/v1/models/gemini-a:generateContent", BODY, headers);
  assertEquals([whole.text, whole.response.headers.get("set-cookie")], [ANSWER, null]);
  const streamed = await post(
    weir,
    `/v1beta/models/fast:streamGenerateContent?alt=sse&key=${OWN_KEY}`,
    BODY,
  );
  assertEquals(streamed.text, STREAM);
  const listed = await post(weir, "/models/fast:streamGenerateContent", BODY, headers);
  assertEquals(listed.text, `[${EVENTS.join(",\r\n")}]\n`);
  assertStringIncludes(listed.response.headers.get("content-type") ?? "", "application/json");
  const counted = await post(weir, "/v1beta/models/fast:countTokens", BODY, headers);
  assertEquals(counted.text, `{ "totalTokens": 14 }`);
  const batch = `{"requests":[ {"model":"models/fast","content":{"parts":[{"text":"a"}]}}]}`;
  const embedded = await post(weir, "/v1/models/fast:batchEmbedContents", batch, headers);
  assertEquals(embedded.text, `{ "embeddings": [{"values": [1e0]}] }`);
  const decoder = new TextDecoder();
  const calls = standIn.requests.filter(({ method }) => method === "POST");
  assertEquals(calls.map(({ path, body }) => [path, decoder.decode(body)]), [
    ["/v1beta/models/gemini-a:generateContent", BODY],
    ["/v1beta/models/gemini-b:streamGenerateContent?alt=sse", BODY],
    ["/v1beta/models/gemini-b:streamGenerateContent?alt=sse", BODY],
    ["/v1beta/models/gemini-b:countTokens", BODY],
    [
      "/v1beta/models/gemini-b:batchEmbedContents",
      `{"requests":[ {"model":"models/gemini-b","content":{"parts":[{"text":"a"}]}}]}`,
    ],
  ]);
  const [first] = calls;
  assertEquals(first?.headers.get("x-goog-api-key"), GEMINI_KEY);
  assertEquals(first?.headers.get("x-goog-api-client"), "sdk/1");
  assertEquals(first?.headers.get("cookie"), null);
  await weir.printed(
    /"surface":"gemini".*"outcome":"complete".*"input_tokens":1,"output_tokens":9/,
  );
  assert(!weir.output().includes(OWN_KEY), "The key is in the log");
});

Deno.test("a chat provider answers Gemini clients, whole, as events and as one array", async () => {
  await using chat = startStrictChat();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: CHAT_KEY, OPENAI_BASE_URL: chat.origin },
  });
  const paths = (method: string) =>
    ["/v1beta", "/v1", "", "/gemini/v1beta", "/v1/v1beta"].map((base) =>
      `${base}/models/${GPT}:${method}`
    );
  for (const path of [...paths("generateContent"), `/v1beta/models/${GPT}%3AgenerateContent`]) {
    const { text } = await post(weir, path, ask("hi", { safetySettings: [] }));
    const { candidates: [candidate], modelVersion, responseId } = JSON.parse(text);
    assertEquals(candidate, {
      content: { parts: [{ text: CHAT_TEXT }], role: "model" },
      finishReason: "STOP",
      index: 0,
    });
    assertEquals([modelVersion, responseId], [GPT, "chatcmpl-stand-in"]);
  }
  const streamed = await post(weir, `${paths("streamGenerateContent")[0]}?alt=sse`, ask("hi"));
  assertEquals(checkGeminiStream(streamed.text), []);
  for (const path of paths("streamGenerateContent")) {
    const { text } = await post(
      weir,
      path,
      ask("[parallel]", {
        systemInstruction: { parts: [{ text: "Be brief" }] },
        tools: [{ functionDeclarations: [{ name: "f", parameters: { type: "OBJECT" } }] }],
      }),
    );
    assertEquals(checkGeminiArray(text), []);
    assertEquals(text.match(/"functionCall"/g)?.length, 2);
  }
  const failed = await post(weir, paths("streamGenerateContent")[0] ?? "", ask("[stream error]"));
  const items = JSON.parse(failed.text);
  assertEquals(checkGeminiArray(failed.text), []);
  assertEquals(items.at(-1).error.message, "Overloaded");
});

Deno.test("what a model thought reaches the clients that ask for it", async () => {
  await using chat = startStrictChat();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: CHAT_KEY, OPENAI_BASE_URL: chat.origin },
  });
  const path = `/v1beta/models/${GPT}:streamGenerateContent?alt=sse`;
  const thinkingConfig = { includeThoughts: true };
  for (const [generationConfig, shows] of [[{ thinkingConfig }, true], [{}, false]] as const) {
    const streamed = await post(weir, path, ask("[think]", { generationConfig }));
    assertEquals(checkGeminiStream(streamed.text), []);
    assertEquals(streamed.text.includes(`"thought":true`), shows);
    const whole = await post(
      weir,
      path.replace(":stream", ":").replace(":Gen", ":gen"),
      ask("[think]", { generationConfig }),
    );
    assertEquals(whole.text.includes(`"thought":true`), shows);
  }
});

Deno.test("errors are in Google's form, a provider's own as it came", async () => {
  await using gemini = startGemini();
  await using chat = startStrictChat();
  await using weir = await behind(gemini, {
    OPENAI_API_KEY: CHAT_KEY,
    OPENAI_BASE_URL: chat.origin,
    PROXY_API_KEY: OWN_KEY,
    MAX_RETRIES: "0",
  });
  const key = { "x-goog-api-key": OWN_KEY };
  const cases = [
    [MODEL, "x", { "x-goog-api-key": "wrong" }, 400, "INVALID_ARGUMENT", "API_KEY_INVALID"],
    [MODEL, "x", {}, 401, "UNAUTHENTICATED", "MISSING_API_KEY"],
    [GPT, ask("[error 429]"), key, 429, "RESOURCE_EXHAUSTED", "UPSTREAM_ERROR"],
    [GPT, { contents: [] }, key, 400, "INVALID_ARGUMENT", "INVALID_REQUEST"],
    [GPT, "{", key, 400, "INVALID_ARGUMENT", "INVALID_JSON"],
    [GPT, { contents: [{ role: "x", parts: [{ text: "" }] }] }, key, 400, "INVALID_ARGUMENT", ""],
    ["nobody/has", ask("hi"), key, 404, "NOT_FOUND", "MODEL_NOT_FOUND"],
  ] as const;
  for (const [model, body, headers, status, word, reason] of cases) {
    const path = `/v1beta/models/${model}:streamGenerateContent`;
    const { response, text } = await post(weir, path, body, headers);
    const { error } = JSON.parse(text);
    assertEquals([response.status, error.code, error.status], [status, status, word], text);
    assertStringIncludes(JSON.stringify(error.details), reason);
    assertEquals(response.headers.has("www-authenticate"), status === 401);
  }
  const own = await post(weir, `/v1/models/${MODEL}:generateContent`, ask("[error 503]"), key);
  assertEquals([own.response.status, JSON.parse(own.text).error.details], [503, []]);
  const { text } = await post(weir, `/v1/models/${MODEL}:generateContent`, ask("hi"), key);
  assertEquals(JSON.parse(text).candidates[0].content.parts, [{ text: GEMINI_TEXT }]);
  const unknown = await fetch(`${weir.url}/v1beta/files`, { headers: key });
  assertEquals((await unknown.json()).error.status, "NOT_FOUND");
});

Deno.test("models come in Google's shape, a page at a time, to whoever is a client of its", async () => {
  await using gemini = startGemini();
  await using weir = await behind(gemini, { MODEL_ALIASES: "fast=gemini/gemini-stand-in-1" });
  const client = { "x-goog-api-client": "sdk/1" };
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    await (await fetch(weir.url + path, { headers })).json();
  const names = ["fast", ...[0, 1, 2].map((at) => `gemini-stand-in-${at}`)];
  for (const path of ["/v1beta/models", "/gemini/models"]) {
    const { models } = await get(path);
    assertEquals(
      models.map(({ name }: { name: string }) => name),
      names.map((id) => `models/${id}`),
    );
  }
  const first = await get("/v1/models?pageSize=3", client);
  assertEquals([first.models.length, first.nextPageToken], [3, "gemini-stand-in-1"]);
  const rest = await get(`/models?pageSize=3&pageToken=${first.nextPageToken}`, client);
  assertEquals([rest.models.length, rest.nextPageToken], [1, undefined]);
  assertEquals(await get("/v1beta/models/gemini-stand-in-0"), {
    name: "models/gemini-stand-in-0",
    displayName: "Stand-in: gemini-stand-in-0",
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
    thinking: true,
  });
  assertEquals((await get("/v1beta/models?pageToken=x")).error.status, "INVALID_ARGUMENT");
  assertEquals((await get("/v1beta/models/nobody:has")).error.status, "NOT_FOUND");
  // Without these headers `/v1` is OpenAI's.
  assertEquals((await get("/v1/models")).object, "list");
});
