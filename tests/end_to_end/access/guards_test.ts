/** Guards see what clients send and what models say, on every surface, whole and in pieces. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { checkGeminiStream } from "../../formats/gemini/stream_checker.ts";
import { checkOllamaStream } from "../../formats/ollama/stream_checker.ts";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { SAID, SECRET, startTalker } from "../../support/talking_provider.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const SHOWN = "Your token [masked] is here.";

async function start(
  provider: { readonly baseUrl: string },
  guards: readonly object[],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  await using folder = await workingDirectory({ "weir.json": JSON.stringify({ guards }) });
  return await startProgram({
    args: ["serve", "--config", `${folder.path}/weir.json`],
    env: {
      UPSTREAM_TALKER_BASE_URL: provider.baseUrl,
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
      ...env,
    },
  });
}

interface Surface {
  readonly path: string;
  readonly body: (content: string, stream: boolean) => object;
  readonly streamPath?: string;
  readonly check: (stream: Uint8Array) => readonly string[];
}

const chat = (content: string, stream: boolean) => ({
  model: "m",
  stream,
  messages: [{ role: "user", content }],
});

const SURFACES: Readonly<Record<string, Surface>> = {
  chat: {
    path: "/v1/chat/completions",
    body: chat,
    check: (stream) => new TextDecoder().decode(stream).endsWith("data: [DONE]\n\n") ? [] : ["cut"],
  },
  messages: {
    path: "/v1/messages",
    body: (content, stream) => ({ ...chat(content, stream), max_tokens: 50 }),
    check: checkMessagesStream,
  },
  responses: {
    path: "/v1/responses",
    body: (input, stream) => ({ model: "m", input, stream }),
    check: checkResponsesStream,
  },
  gemini: {
    path: "/v1beta/models/m:generateContent",
    streamPath: "/v1beta/models/m:streamGenerateContent?alt=sse",
    body: (text) => ({ contents: [{ role: "user", parts: [{ text }] }] }),
    check: checkGeminiStream,
  },
  ollama: { path: "/api/chat", body: chat, check: (stream) => checkOllamaStream(stream) },
};

async function ask({ url }: Program, name: string, content: string, stream: boolean) {
  const { path, streamPath = path, body } = SURFACES[name]!;
  const response = await fetch(url + (stream ? streamPath : path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body(content, stream)),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, bytes, text: new TextDecoder().decode(bytes) };
}

/** All that a stream says, its deltas one after the other. */
function saidIn(stream: string): string {
  return [...stream.matchAll(/"(?:content|text|delta)": ?"((?:[^"\\]|\\.)*)"/g)]
    .map(([, piece]) => piece).join("");
}

Deno.test("a secret that is split anywhere is masked on each surface, and nothing else is changed", async () => {
  await using provider = startTalker();
  const guard = { name: "secrets", on: ["answer"], action: "mask", known: ["secret"] };
  await using weir = await start(provider, [guard]);
  await using plain = await start(provider, [{ ...guard, models: ["other"] }]);
  for (const [name, { check }] of Object.entries(SURFACES)) {
    const whole = await ask(weir, name, "at=0", false);
    assert(whole.text.includes(SHOWN) && !whole.text.includes(SECRET), whole.text);
    const open = await ask(plain, name, "at=0", true);
    const splits = Array.from({ length: SAID.length + 1 }, (_, at) => at);
    await Promise.all(splits.map(async (at) => {
      const { bytes, text } = await ask(weir, name, `at=${at}`, true);
      assertEquals(check(bytes), []);
      assert(!text.includes(SECRET), text);
      const said = saidIn(text);
      assertStringIncludes(said, SHOWN, `${name} ${at}`);
      // What ends a stream repeats its text in some APIs.
      assertEquals(said.replaceAll("[masked]", SECRET).length, saidIn(open.text).length);
    }));
  }
});

Deno.test("a refused answer ends in a declared way, and a refused request is never sent", async () => {
  await using provider = startTalker();
  await using weir = await start(provider, [
    { name: "cards", on: ["request"], action: "refuse", known: ["credit_card"] },
    { name: "size", action: "flag", maxCharacters: 200 },
    { name: "tokens", on: ["answer"], action: "refuse", known: ["secret"] },
  ]);
  for (const name of Object.keys(SURFACES)) {
    for (const stream of [false, true]) {
      const before = provider.asked.length;
      const card = await ask(weir, name, "pay with 4111 1111 1111 1111", stream);
      assertEquals(card.status, 400);
      assertStringIncludes(card.text, "cards");
      assertEquals((await ask(weir, name, "x".repeat(300), stream)).status, 400);
      assertEquals(provider.asked.length, before);
      const answer = await ask(weir, name, "at=20", stream);
      assert(!answer.text.includes("ghp_a"), answer.text);
      assertStringIncludes(answer.text, "tokens");
    }
  }
  await weir.printed(
    /"outcome":"refused","code":"guard_refused".*"guards":"cards refuse request 1"/,
  );
  await weir.printed(
    /"outcome":"refused","code":"guard_refused".*"guards":"tokens refuse answer 1"/,
  );
  const handed = await fetch(`${weir.url}/v1/moderations`, { method: "POST", body: "{}" });
  assertEquals([handed.status, (await handed.json()).error.code], [403, "guard_refused"]);
  // Their answers are never read as a conversation's are.
  for (const stream of [false, true]) {
    const legacy = await fetch(`${weir.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", prompt: "at=20", stream }),
    });
    assertEquals([legacy.status, (await legacy.json()).error.code], [403, "guard_refused"]);
  }
});

Deno.test("what is masked of a request never leaves, and what is flagged is told in the log", async () => {
  await using provider = startTalker();
  await using weir = await start(provider, [
    { name: "mail", on: ["request"], action: "mask", known: ["email"], mask: "<mail>" },
    { name: "words", action: "flag", words: ["wombat"], patterns: ["p[0-9]{3}"] },
  ]);
  for (const name of Object.keys(SURFACES)) {
    await ask(weir, name, "ask ada@example.org of the Wombat and p123", false);
    const sent = provider.asked.at(-1) ?? "";
    assertStringIncludes(sent, "ask <mail> of the Wombat and p123");
    assert(!sent.includes("ada@example.org"));
  }
  await weir.printed(/"guards":"mail mask request 1, words flag request 2"/);
  assert(!weir.output().includes("ada@example.org"));
});

Deno.test("a webhook judges requests, is asked with a signature, and its silence is what is set", async () => {
  await using provider = startTalker();
  const signatures: (string | null)[] = [];
  await using judge = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      signatures.push(request.headers.get("webhook-signature"));
      const { data } = await request.json();
      const text = JSON.stringify(data.body);
      if (text.includes("broken")) return new Response("no", { status: 500 });
      return Response.json(
        text.includes("bad") ? { allow: false, reason: "it is bad" } : { allow: true },
      );
    },
  );
  const webhook = {
    url: `http://127.0.0.1:${judge.addr.port}/`,
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  const guard = { name: "judge", on: ["request"], action: "refuse", webhook };
  await using strict = await start(provider, [guard]);
  await using lenient = await start(provider, [{
    ...guard,
    webhook: { ...webhook, onFailure: "pass" },
  }]);
  assertEquals((await ask(strict, "chat", "good", false)).status, 200);
  const bad = await ask(strict, "chat", "bad", true);
  assertEquals(bad.status, 400);
  assertStringIncludes(bad.text, "it is bad");
  assertEquals((await ask(strict, "chat", "broken", false)).status, 400);
  assertEquals((await ask(lenient, "chat", "broken", false)).status, 200);
  assert(signatures.every((signature) => signature?.startsWith("v1,")));
});

Deno.test("a pattern that is none is said at the start", async () => {
  await using folder = await workingDirectory({
    "weir.json": JSON.stringify({
      guards: [
        { name: "a", action: "flag", patterns: ["(?=x)y", "(?:a{1,100}|b){101}"] },
        { name: "b", action: "flag" },
      ],
    }),
  });
  const { code, output } = await runProgram({ args: ["check", `${folder.path}/weir.json`] });
  assertEquals(code, 1);
  assertStringIncludes(output, "guards[0].patterns[0]: must have no look-around");
  assertStringIncludes(output, "guards[0].patterns[1]: repeats too much");
  assertStringIncludes(output, "looks for nothing");

  // One that the runtime knows and the maker of automata does not.
  await using provider = startTalker();
  await using weir = await start(provider, [{ name: "a", action: "flag", patterns: ["(?i:x)"] }]);
  await weir.printed(/guards are not in force.*The guard \\"a\\" cannot use the pattern/);
  const { status, text } = await ask(weir, "chat", "x", false);
  assertEquals([status, JSON.parse(text).error.code], [500, "guard_unusable"]);
  assertEquals(provider.asked, []);
});

Deno.test("an answer that is given again is the guarded one, and what was left out is told", async () => {
  await using provider = startTalker();
  await using weir = await start(
    provider,
    [
      { name: "secrets", on: ["answer"], action: "mask", known: ["secret"], models: ["m"] },
      { name: "tokens", on: ["answer"], action: "refuse", known: ["secret"], models: ["n"] },
    ],
    { CACHE: "on", CACHE_MODELS: "*" },
  );
  const say = async (model: string, more: object = {}) => {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...chat("at=9", false), model, ...more }),
    });
    const { status, headers } = response;
    const [cache, warning] = [headers.get("x-weir-cache"), headers.get("x-weir-warning")];
    return { status, cache, warning, text: await response.text() };
  };
  for (const more of [{}, { logprobs: true }]) {
    const first = await say("m", more);
    assertStringIncludes(first.text, SHOWN);
    const again = await until(async () => {
      const next = await say("m", more);
      return next.cache === "hit" && next;
    });
    assertEquals(again.text, first.text);
    const told = "logprobs" in more ? "logprobs were left out" : undefined;
    assertEquals([first, again].map(({ warning }) => warning?.slice(0, 22)), [told, told]);
  }
  for (let count = 0; count < 2; count++) {
    const refused = await say("n");
    assertEquals(refused.status, 400);
    assert(!refused.text.includes("ghp_"), refused.text);
  }
  await weir.printed(/"guards":"secrets mask answer 1","cache":"hit"/);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  const findings = metrics.match(/(?<=^weir_guard_findings_total).*(?= \d+$)/gm)?.toSorted();
  assertEquals(findings, [
    '{guard="secrets",action="mask",side="answer"}',
    '{guard="tokens",action="refuse",side="answer"}',
  ]);
});
