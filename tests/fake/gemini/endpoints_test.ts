/** What the fake server says in Google's API, whole, streamed and as a list. */

import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { signatureOf } from "../../../src/fake/gemini/check_request.ts";
import { FakeServer, readBroken } from "../fake_server.ts";

const PATH = "/v1beta/models/any-model";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

/** Each is answered whole, as a stream and as a list, which must say the same. */
const HEALTHY: readonly (readonly [prompt: string, body?: Record<string, unknown>])[] = [
  ["Say something"],
  ["[tokens=0]"],
  ["[tokens=500]"],
  ["[echo] Grüße, 世界 🌍"],
  ["[length]"],
  ["[nofinish]"],
  ["[cache-read=7] [cache-write=5]"],
  ["[reasoning=let me see]"],
  ["[tool=get_weather]"],
  [`[reasoning=let me see] [tokens=3] [tool=a {"city":"Köln","days":[1,2]}] [tool=b {"at":"🌍"}]`],
  ["Broken off", { generationConfig: { maxOutputTokens: 1 } }],
  ["Stopped", { generationConfig: { stopSequences: ["wor"] } }],
  ["Twice", { generationConfig: { candidateCount: 2, seed: 1 } }],
  ["As JSON", {
    generationConfig: { responseMimeType: "application/json", responseJsonSchema: SCHEMA },
  }],
];

function ask(server: FakeServer, method: string, prompt: string, body = {}): Promise<Response> {
  const contents = [{ role: "user", parts: [{ text: prompt }] }];
  return server.post(`${PATH}:${method}`, { contents, ...body });
}

/** What an answer says in the end, whatever pieces it came in. */
// deno-lint-ignore no-explicit-any -- The answers are what is tested.
function joined(bodies: readonly any[]) {
  const said = new Map<number, Record<string, unknown>>();
  for (const { candidates } of bodies) {
    for (const { index, content, finishReason } of candidates) {
      const { text = "", thoughts = "", calls = [], ...rest } = said.get(index) ?? {};
      const parts = content.parts as Record<string, string>[];
      const textOf = (thought: boolean) =>
        parts.filter((part) => Boolean(part.thought) === thought).map((part) => part.text).join("");
      said.set(index, {
        ...rest,
        text: text + textOf(false),
        thoughts: thoughts + textOf(true),
        calls: [...calls as [], ...parts.filter(({ functionCall }) => functionCall)],
        ...(finishReason !== undefined && { finishReason }),
      });
    }
  }
  return { said: [...said], usage: bodies.at(-1).usageMetadata };
}

function eventsOf(text: string) {
  assert(text.endsWith("\r\n\r\n"), text.slice(-80));
  return text.split("\r\n\r\n").slice(0, -1).map((block) => {
    assert(block.startsWith("data: ") && !block.includes("\n"), block);
    return JSON.parse(block.slice("data: ".length));
  });
}

Deno.test("an answer says the same whole, as a stream of events and as a list", async () => {
  await using server = new FakeServer();
  for (const [prompt, body = {}] of HEALTHY) {
    const whole = await (await ask(server, "generateContent", prompt, body)).json();
    const stream = await ask(server, "streamGenerateContent?alt=sse", prompt, body);
    const list = await ask(server, "streamGenerateContent", prompt, body);
    assertEquals(list.headers.get("content-type"), "application/json; charset=UTF-8");
    const expected = prompt.includes("[echo]") ? undefined : joined([whole]);
    const streamed = joined(eventsOf(await stream.text()));
    const listed = joined(await list.json());
    assertEquals(streamed, expected ?? streamed, prompt);
    assertEquals(listed, expected ?? listed, prompt);
  }
});

Deno.test("an error is Google's, a tag asks for it, and a request brings it about", async () => {
  await using server = new FakeServer({ isInstant: true });
  const cases = [
    ["[429]", {}, 429, "RESOURCE_EXHAUSTED", "exhausted"],
    ["[400]", {}, 400, "INVALID_ARGUMENT", "exceeds the maximum number of tokens"],
    ["[503] [slow=5]", {}, 503, "UNAVAILABLE", "overloaded"],
    ["hi", { top_k: 1 }, 400, "INVALID_ARGUMENT", `Unknown name "top_k": Cannot find field.`],
    ["hi", { contents: [] }, 400, "INVALID_ARGUMENT", "contents is not specified"],
    ["hi", { contents: [{ role: "assistant", parts: [{ text: "x" }] }] }, 400, "", "valid role"],
    ["hi", { contents: [{ parts: [{ text: "x", inlineData: {} }] }] }, 400, "", "oneof field"],
  ] as const;
  for (const [prompt, body, status, name, words] of cases) {
    const response = await ask(server, "generateContent", prompt, body);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [status, status], prompt);
    assertStringIncludes(error.status, name);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("streams break, stall, fail and end without their last event, as the tags ask", async () => {
  await using server = new FakeServer({ isInstant: true });
  const method = "streamGenerateContent?alt=sse";
  const cut = await readBroken(await ask(server, method, "[tokens=9] [cut=2]"));
  assertEquals([cut.ended, eventsOf(cut.text).length], [false, 2]);
  const failed = eventsOf(await (await ask(server, method, "[tokens=9] [error=2]")).text());
  assertEquals([failed.length, isJsonObject(failed[2].error)], [3, true]);
  const endless = eventsOf(await (await ask(server, method, "[nodone]")).text());
  assertEquals(endless.map(({ candidates: [{ finishReason }] }) => finishReason), [
    undefined,
    undefined,
  ]);
  const [broken = ""] = (await (await ask(server, method, "[malformed=1]")).text()).split("\r\n");
  assertThrows(() => JSON.parse(broken.slice("data: ".length)));
  assertMatch(await (await ask(server, method, "[comments=2]")).text(), /^(: waiting\r\n\r\n){2}/);
  const list = await (await ask(server, "streamGenerateContent", "[error=1]")).json();
  assertEquals(list.length, 2);
});

Deno.test("calls want one result each, alone, and Gemini 3 its signature back", async () => {
  await using server = new FakeServer();
  const prompt = `[tool=a {"b":1}] [tool=c]`;
  const user = { role: "user", parts: [{ text: prompt }] };
  const answer = await (await ask(server, "generateContent", prompt)).json();
  const { content } = answer.candidates[0];
  assertEquals(content.parts[0].thoughtSignature, signatureOf("a", `{"b":1}`));
  assertEquals(content.parts[1].thoughtSignature, undefined);
  const result = (name: string) => ({ functionResponse: { name, response: { output: "x" } } });
  const results = { role: "user", parts: [result("a"), result("c")] };
  const withSignature = (value: string | undefined) => ({
    ...content,
    parts: [{ ...content.parts[0], thoughtSignature: value }, content.parts[1]],
  });
  const cases = [
    [[content, results], "gemini-3-pro", undefined],
    [[withSignature("skip_thought_signature_validator"), results], "gemini-3-pro", undefined],
    [[withSignature(undefined), results], "gemini-2.5-pro", undefined],
    [[withSignature(undefined), results], "gemini-3-pro", "missing a thought_signature"],
    [[withSignature("b3RoZXI="), results], "gemini-3-pro", "Corrupted thought signature"],
    [[content, { role: "user", parts: [result("a")] }], "any", "number of function response parts"],
    [[content, { role: "user", parts: [...results.parts, { text: "x" }] }], "any", "equal"],
  ] as const;
  for (const [later, model, words] of cases) {
    const contents = [user, ...later];
    const response = await server.post(`/models/${model}:generateContent`, { contents });
    const body = await response.json();
    if (words !== undefined) assertStringIncludes(body.error.message, words);
    else assertEquals(body.candidates[0].content.parts, [{ text: "hello world" }]);
  }
});

Deno.test("tokens are counted, texts embedded and models listed in pages", async () => {
  await using server = new FakeServer();
  const counted = await (await ask(server, "countTokens", "twelve chars")).json();
  assertEquals(counted, { totalTokens: 3 });
  const content = { parts: [{ text: "a" }] };
  const one = await (await server.post(`${PATH}:embedContent`, { content })).json();
  const requests = [{ model: "models/any-model", content, outputDimensionality: 4 }, { content }];
  const batch = await (await server.post(`${PATH}:batchEmbedContents`, { requests })).json();
  assertEquals(batch.embeddings[0].values.length, 4);
  assertEquals(batch.embeddings[1], one.embedding);
  const page = await (await fetch(`${server.origin}/v1beta/models?pageSize=1`)).json();
  assertEquals([page.models.length, page.nextPageToken], [1, "1"]);
  const headers = { "x-goog-api-key": "k" };
  const rest = await (await fetch(`${server.origin}/v1/models?pageToken=1`, { headers })).json();
  assertEquals([rest.models[0].name, rest.nextPageToken], [
    "models/fake-lab/fake-model",
    undefined,
  ]);
  const model = await (await fetch(`${server.origin}/v1beta/models/fake-model`)).json();
  assertEquals(model.inputTokenLimit, 200_000);
});
