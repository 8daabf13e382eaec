/** Google's official client: content, streams, tools, schemas, embeddings, counts, models, errors. */

import { ApiError, GoogleGenAI, type Part, Type } from "@google/genai";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { checkGeminiStream } from "../formats/gemini/stream_checker.ts";
import {
  answerOf,
  directly,
  GEMINI_WAYS,
  type GeminiWay,
  throughFake,
} from "../support/gemini_ways.ts";
import type { OpenWay } from "../support/messages_ways.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { assertUntouched } from "../support/untouched.ts";
import { IMAGE, IMAGE_TEXT } from "./questions.ts";

interface Case {
  readonly way: GeminiWay;
  readonly open: OpenWay<StandIn>;
  readonly client: GoogleGenAI;
  readonly model: string;
}

const WEATHER = {
  name: "get_weather",
  description: "The weather in a city",
  parametersJsonSchema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  },
};

/** Those that every provider answers in its own scenes. */
const CASES: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "generates content, and tells what it has cost": async ({ client, model, way }) => {
    const answer = await client.models.generateContent({ model, contents: "Say something." });
    assertEquals(answer.text, way.text);
    assertEquals(answer.candidates?.[0]?.finishReason as string, "STOP");
    assertEquals(answer.usageMetadata?.cachedContentTokenCount, 7);
    assertEquals(answer.usageMetadata?.candidatesTokenCount, 15);
    assertEquals(answer.modelVersion, model);
  },
  "streams content": async ({ client, model, way }) => {
    const stream = await client.models.generateContentStream({ model, contents: "Say something." });
    const events = await Array.fromAsync(stream);
    assert(events.length > 3);
    assertEquals(events.map(({ text }) => text ?? "").join(""), way.text);
    assertEquals(events.at(-1)?.candidates?.[0]?.finishReason as string, "STOP");
    assertEquals(events.at(-1)?.usageMetadata?.candidatesTokenCount, 15);
  },
  "calls functions, also two at once, and gives their results": async (given) => {
    const { client, model } = given;
    for (const [scene, count] of [["[tool]", 1], ["[parallel]", 2]] as const) {
      const config = { tools: [{ functionDeclarations: [WEATHER] }] };
      const question = { role: "user", parts: [{ text: `The weather? ${scene}` }] };
      const parts: Part[] = [];
      const asking = { model, contents: [question], config };
      for await (const { candidates } of await client.models.generateContentStream(asking)) {
        parts.push(...candidates?.[0]?.content?.parts ?? []);
      }
      const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
      assertEquals(
        calls.map(({ name, args }) => ({ name, args })),
        Array(count).fill({ name: "get_weather", args: { city: "Zürich" } }),
      );
      const results = calls.map(({ id, name }) => ({
        functionResponse: {
          ...(id === undefined ? {} : { id }),
          name: name ?? "",
          response: { output: "21 °C" },
        },
      }));
      // As they came: an empty text says nothing, but a signature may stand beside it.
      const said = parts.filter((part) => part.text !== "" || part.thoughtSignature !== undefined);
      const answer = await client.models.generateContent({
        ...asking,
        contents: [question, { role: "model", parts: said }, { role: "user", parts: results }],
      });
      assertEquals(answer.text, `The tool said: ${Array(count).fill("21 °C").join(" and ")}`);
    }
  },
  "sees an image": async ({ client, model }) => {
    const answer = await client.models.generateContent({
      model,
      contents: [{ inlineData: { mimeType: "image/png", data: IMAGE } }, "What is this?"],
    });
    assertEquals(answer.text, `I see ${IMAGE_TEXT}`);
  },
  "is refused with a number and in words": async ({ client, model }) => {
    const contents = "[error 429]";
    const failed = await assertRejects(
      () => client.models.generateContent({ model, contents }),
      ApiError,
    );
    assertEquals(failed.status, 429);
    assertStringIncludes(failed.message, "RESOURCE_EXHAUSTED");
    assertStringIncludes(failed.message, "The stand-in was asked for 429");
  },
  "is told of an error within a stream": async ({ client, model }) => {
    const contents = "[stream error]";
    const stream = await client.models.generateContentStream({ model, contents });
    await assertRejects(() => Array.fromAsync(stream), ApiError, "verloaded");
  },
};

/** What the fake LLM is asked for by tags. */
const OF_THE_FAKE: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "generates, streams, thinks and calls a function": async ({ client, model }) => {
    const { text = "" } = await client.models.generateContent({ model, contents: "Hello" });
    assert(text.length > 0);
    const asking = {
      model,
      contents: '[reasoning=Hm] [tool=get_weather {"city":"Zürich"}]',
      config: {
        tools: [{ functionDeclarations: [WEATHER] }],
        thinkingConfig: { includeThoughts: true },
      },
    };
    const events = await Array.fromAsync(await client.models.generateContentStream(asking));
    const parts = events.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    const thoughts = parts.filter(({ thought }) => thought === true);
    assertEquals(thoughts.map(({ text }) => text).join(""), "Hm");
    assertEquals(parts.flatMap(({ functionCall }) => functionCall?.args ?? []), [
      { city: "Zürich" },
    ]);
  },
};

/** What Weir does whoever is behind it. */
const OF_ALL: Readonly<Record<string, (given: Case) => Promise<void>>> = {
  "lists models, a page at a time, and knows one": async ({ client, model }) => {
    const pager = await client.models.list({ config: { pageSize: 1 } });
    const names = await Array.fromAsync(pager, ({ name }) => name);
    assert(names.includes(`models/${model}`), names.join());
    const known = await client.models.get({ model });
    assertEquals(known.name, `models/${model}`);
  },
  "counts tokens": async ({ client, model, way, open }) => {
    const { totalTokens = 0 } = await client.models.countTokens({ model, contents: "Wie viele?" });
    assert(totalTokens > 0 && totalTokens < 100, String(totalTokens));
    const headers = open.proxy.passed.at(-1)?.answerHeaders;
    assertEquals(headers?.get("x-weir-tokens"), way.counts ? null : "estimated");
  },
  "answers in a schema": async ({ client, model, way }) => {
    const schema = { type: Type.OBJECT, properties: { city: { type: Type.STRING } } };
    const config = {
      responseMimeType: "application/json",
      responseSchema: { ...schema, required: ["city"] },
    };
    const answer = await client.models.generateContent({ model, contents: "Where?", config });
    // The others take it, and say what they always say.
    if (!way.isUntouched && way.text !== undefined) return assertEquals(answer.text, way.text);
    assertEquals(typeof JSON.parse(answer.text ?? "").city, "string");
  },
  "embeds texts, or is told that nobody does": async ({ client, model, way }) => {
    const contents = ["eins", "zwei"];
    const asked = client.models.embedContent({
      model,
      contents,
      config: { outputDimensionality: 3 },
    });
    if (!way.isUntouched && way !== throughFake) {
      const failed = await assertRejects(() => asked, ApiError, "NOT_FOUND");
      return assertEquals(failed.status, 404);
    }
    const { embeddings = [] } = await asked;
    assertEquals(embeddings.map(({ values }) => values?.length), [3, 3]);
  },
  "is told of a model that nobody has": async ({ client, way }) => {
    if (way === directly) return;
    const asked = client.models.get({ model: "no-such-model" });
    const failed = await assertRejects(() => asked, ApiError, "NOT_FOUND");
    assertEquals(failed.status, 404);
  },
  "is told of a wrong key": async ({ open, model }) => {
    const client = clientOf(open.origin, "not-the-key");
    const asked = client.models.generateContent({ model, contents: "a" });
    const failed = await assertRejects(() => asked, ApiError);
    assertEquals(failed.status, 400);
    assertStringIncludes(failed.message, "API_KEY_INVALID");
  },
};

function clientOf(baseUrl: string, apiKey: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl } });
}

/** The version in an address is the provider's own. */
function ofProvider<Request extends { readonly path: string }>(request: Request): Request {
  return { ...request, path: request.path.replace("/v1/", "/v1beta/") };
}

for (const way of [directly, ...GEMINI_WAYS]) {
  Deno.test(`@google/genai at ${way.name}`, async (test) => {
    await using open = await way.open();
    const { model } = open;
    const given: Case = { way, open, model, client: clientOf(open.origin, open.key) };
    const cases = way === throughFake ? { ...OF_THE_FAKE, ...OF_ALL } : { ...CASES, ...OF_ALL };
    for (const [name, run] of Object.entries(cases)) await test.step(name, () => run(given));
    await test.step("what passes is as it was sent, and its streams break no rule", async () => {
      const posts = open.proxy.passed.filter(({ status, method }) =>
        status === 200 && method === "POST"
      );
      const arrived = (open.standIn?.requests ?? []).filter(({ body }) =>
        !new TextDecoder().decode(body).includes("[error")
      );
      if (way.isUntouched && open.weir !== undefined) {
        assertUntouched(posts.map(ofProvider), arrived.map(ofProvider));
      }
      for (const request of posts) {
        if (!request.path.includes("alt=sse")) continue;
        const stream = await request.answer;
        assertEquals(checkGeminiStream(stream), []);
        if (!way.isUntouched || open.standIn === undefined) continue;
        assertEquals(stream, await answerOf(open.standIn, request));
      }
    });
  });
}
