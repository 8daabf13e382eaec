/** Answers are kept and given again: to whom they belong, whole, and in the form in which they were asked for. */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { hashOf } from "../../../src/access/keys/key_form.ts";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { checkGeminiStream } from "../../formats/gemini/stream_checker.ts";
import { checkOllamaStream } from "../../formats/ollama/stream_checker.ts";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { ADMIN_ENV, adminOf } from "../../support/admin.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { type CountingProvider, startCountingProvider } from "../money/counting_provider.ts";

type Check = (bytes: Uint8Array<ArrayBuffer>) => readonly string[];

interface Surface {
  readonly path: string;
  readonly body: (prompt: string) => object;
  readonly check?: Check;
}

const chat = (stream: boolean) => (content: string) => ({
  model: "m",
  stream,
  messages: [{ role: "user", content }],
});
const checkChat: Check = (bytes) => {
  const text = new TextDecoder().decode(bytes);
  return text.endsWith("data: [DONE]\n\n") ? [] : [`no end mark: ${text}`];
};

/** Each API, whole and streamed. */
const SURFACES: Readonly<Record<string, Surface>> = {
  chat: { path: "/v1/chat/completions", body: chat(false) },
  chat_stream: { path: "/v1/chat/completions", body: chat(true), check: checkChat },
  messages: { path: "/v1/messages", body: (text) => ({ ...chat(false)(text), max_tokens: 9 }) },
  messages_stream: {
    path: "/v1/messages",
    body: (text) => ({ ...chat(true)(text), max_tokens: 9 }),
    check: checkMessagesStream,
  },
  responses: {
    path: "/v1/responses",
    body: (input) => ({ model: "m", input, store: false }),
  },
  responses_stream: {
    path: "/v1/responses",
    body: (input) => ({ model: "m", input, store: false, stream: true }),
    check: checkResponsesStream,
  },
  gemini: {
    path: "/v1beta/models/m:generateContent",
    body: (text) => ({ contents: [{ role: "user", parts: [{ text }] }] }),
  },
  gemini_stream: {
    path: "/v1beta/models/m:streamGenerateContent?alt=sse",
    body: (text) => ({ contents: [{ role: "user", parts: [{ text }] }] }),
    check: (bytes) => checkGeminiStream(bytes),
  },
  ollama: { path: "/api/chat", body: chat(false) },
  ollama_stream: { path: "/api/chat", body: chat(true), check: checkOllamaStream },
  inference: { path: "/api/v1/inference", body: chat(false) },
  embeddings: { path: "/v1/embeddings", body: (input) => ({ model: "m", input }) },
};

interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Which request to the provider it came from, and for which prompt. */
  readonly said: string;
  readonly cache: string | null;
}

async function ask(
  { url }: Program,
  key: string,
  name: string,
  prompt: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const surface = SURFACES[name]!;
  const response = await fetch(url + surface.path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(surface.body(prompt)),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    status: response.status,
    bytes,
    said: saidIn(new TextDecoder().decode(bytes)),
    cache: response.headers.get("x-weir-cache"),
  };
}

/** A text may be whole, or in deltas. */
function saidIn(text: string): string {
  const joined = [...text.matchAll(/"(?:content|text|delta)": ?"((?:[^"\\]|\\.)*)"/g)]
    .map(([, piece]) => piece).join("");
  return /<(\d+:[^>]*)>/.exec(joined)?.[1] ?? /"embedding":\[(\d+)\]/.exec(text)?.[1] ?? "";
}

const KEYS = { one: "weir_key_of_tenant_one_0000", two: "weir_key_of_tenant_two_0000" };

async function start(
  provider: CountingProvider,
  env: Record<string, string> = {},
): Promise<Program> {
  const keys = Object.entries(KEYS).map(([name, key]) => ({ name, hash: hashOf(key) }));
  await using folder = await workingDirectory({ "weir.json": JSON.stringify({ auth: { keys } }) });
  return await startProgram({
    args: ["serve", "--config", `${folder.path}/weir.json`],
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      OPENAI_FORMATS: "chat",
      CACHE: "on",
      CACHE_MODELS: "*",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
      PACING: "off",
      COOLDOWN: "off",
      ...env,
    },
  });
}

Deno.test("each tenant gets its own answers again, valid in each format, and none that failed", async () => {
  await using provider = startCountingProvider();
  await using weir = await start(provider);
  const calls = 1_200;
  const names = Object.keys(SURFACES);
  const first = new Map<string, Answer>();
  let hits = 0;
  for (let done = 0; done < calls;) {
    // Of three calls in ten another like it was before; all that run at once are of other prompts.
    const batch = Array.from({ length: 24 }, (_, index) => {
      const number = done + index;
      const isRepeat = number >= 48 && number % 10 < 3;
      const id = isRepeat ? number - 48 + (number % 10 === 0 ? 3 : 0) : number;
      const name = names[id % names.length]!;
      const tenant = id % 2 === 0 ? "one" : "two";
      const kind = id % 17 === 5 ? " fail" : id % 19 === 7 ? " cut" : "";
      return { name, tenant, prompt: `${tenant} asks ${id}${kind}` } as const;
    });
    await Promise.all(batch.map(async ({ name, tenant, prompt }) => {
      const answer = await ask(weir, KEYS[tenant], name, prompt);
      const before = first.get(`${name} ${prompt}`);
      const isCut = prompt.includes("cut") && name.endsWith("stream");
      if (answer.status !== 200) return void assert(prompt.includes("fail"), `${answer.status}`);
      if (isCut) return void assertEquals(answer.cache, "miss");
      assertEquals(SURFACES[name]?.check?.(answer.bytes) ?? [], []);
      if (name !== "embeddings") assertMatch(answer.said, new RegExp(`^\\d+:${prompt}$`));
      if (before === undefined) return void first.set(`${name} ${prompt}`, answer);
      hits++;
      assertEquals([answer.cache, answer.said], ["hit", before.said]);
      if (name.endsWith("stream")) assertEquals(answer.bytes, before.bytes);
    }));
    done += batch.length;
  }
  assert(hits > calls / 5, `${hits} hits of ${calls}`);
});

Deno.test("what a request says of kept answers counts, and a hit costs nothing", async () => {
  await using provider = startCountingProvider();
  await using weir = await start(provider, { CACHE_MODELS: "other", CACHE_KEYS: "two" });
  const say = (key: string, wish?: string) =>
    ask(weir, key, "chat", "the same", wish === undefined ? {} : { "x-weir-cache": wish });
  const plain = await say(KEYS.one);
  assertEquals([plain.cache, (await say(KEYS.one)).cache], [null, null]);
  const kept = await say(KEYS.one, "on");
  assertEquals(kept.cache, "miss");
  assertEquals((await say(KEYS.one, "on")).said, kept.said);
  const renewed = await say(KEYS.one, "refresh");
  assertNotEquals(renewed.said, kept.said);
  assertEquals((await say(KEYS.one, "on")).said, renewed.said);
  assertEquals((await say(KEYS.one, "maybe")).status, 400);
  // Another tenant asks the same.
  const others = await say(KEYS.two);
  assertNotEquals(others.said, renewed.said);
  assertEquals((await say(KEYS.two)).cache, "hit");
  assertEquals((await say(KEYS.two, "off")).cache, null);
  const [line] = await weir.printed(/^\{.*"cache":"hit".*$/m);
  const { attempts, cost, input_tokens, saved_tokens, saved_cost } = JSON.parse(line);
  assertEquals({ attempts, cost, input_tokens, saved_tokens, saved_cost }, {
    attempts: 0,
    cost: 0,
    input_tokens: 0,
    saved_tokens: 15,
    saved_cost: null,
  });
});

Deno.test("equal calls that miss at the same time are sent once, and old answers are asked for anew", async () => {
  await using provider = startCountingProvider();
  await using weir = await start(provider, { CACHE_TTL_MS: "1000" });
  // The first call of all waits for lists and prices, and is kept only then.
  await ask(weir, KEYS.one, "chat", "first");
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask(weir, KEYS.one, "chat_stream", "at once")),
  );
  assertEquals(new Set(answers.map(({ said }) => said)).size, 1);
  assertEquals(provider.asked, 2);
  for (let asked = 2; asked === 2; asked = provider.asked) {
    await ask(weir, KEYS.one, "chat_stream", "at once");
  }
});

Deno.test("answers are forgotten in all threads at once, give way to others, and are counted", async () => {
  await using provider = startCountingProvider();
  await using weir = await start(provider, {
    ...ADMIN_ENV,
    WORKERS: "2",
    CACHE_MAX_BYTES: "65536",
  });
  const admin = adminOf(weir);
  const askOften = async () => {
    const answers: Answer[] = [];
    for (let count = 0; count < 30; count++) answers.push(await askOnce(weir, "the same"));
    return answers;
  };
  const before = await askOften();
  assert(before.some(({ cache }) => cache === "hit"));
  const { json: held } = await admin("/cache");
  assertEquals([held.enabled, held.answers <= 1], [true, true]);
  const asked = provider.asked;
  assertEquals((await admin("/cache", { method: "DELETE" })).json, { purged: true });
  assertEquals((await admin("/cache")).json, { enabled: true, answers: 0, bytes: 0 });
  for (const { said } of await askOften()) assert(Number(said.split(":")[0]) > asked, said);
  const { json: audit } = await admin("/audit");
  assertEquals(audit.data[0].action, "cache.purge");

  for (let count = 0; count < 100; count++) await askOnce(weir, `another ${count}`);
  const metrics = await (await fetch(`${weir.url}/metrics`, {
    headers: { authorization: `Bearer ${KEYS.one}` },
  })).text();
  const countOf = (result: string): number =>
    Number(
      new RegExp(`^weir_cache_answers_total{result="${result}"} (\\d+)$`, "m").exec(metrics)?.[1],
    );
  assertEquals(countOf("hit") + countOf("miss"), 160);
  assertEquals(countOf("kept"), provider.asked);
  assert(countOf("dropped") > 0, metrics);
});

/** On a connection of its own, so that any thread may answer. */
function askOnce(weir: Program, prompt: string): Promise<Answer> {
  return ask(weir, KEYS.one, "chat", prompt, { connection: "close" });
}
