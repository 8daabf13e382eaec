/** Every provider that is known by name, each against a server that is as particular as the real one. */

import { assert, assertEquals } from "@std/assert";
import { PRESETS } from "../../../src/providers/presets/presets.ts";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { keyOf, STAND_IN_MODEL, STAND_INS, startPresets } from "../../support/providers/presets.ts";

const CALL = { id: "call_of_another_provider", type: "function" } as const;
const TOOLS = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];

/** All that OpenAI's clients say, and a conversation that called a tool at another provider. */
const REQUEST = {
  messages: [
    { role: "developer", content: "Be brief." },
    { role: "user", content: "hi", name: "ada" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ ...CALL, function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: CALL.id, content: "done" },
    { role: "assistant", content: "I", reasoning_content: "thought" },
  ],
  ...{ n: 1, seed: 1, max_completion_tokens: 9, logit_bias: {}, logprobs: true, top_logprobs: 1 },
  ...{ presence_penalty: 0, frequency_penalty: 0, stop: ["x"], parallel_tool_calls: true },
  ...{ metadata: {}, store: false, user: "u", prompt_cache_key: "k", safety_identifier: "s" },
  ...{ service_tier: "auto", verbosity: "low", tools: TOOLS, tool_choice: "required" },
};

function environmentFor(url: string): Readonly<Record<string, string>> {
  const pairs = Object.keys(STAND_INS).flatMap((name) => [
    [`${name.toUpperCase()}_API_KEY`, keyOf(name)],
    [`${name.toUpperCase()}_BASE_URL`, url],
  ]);
  return { ...Object.fromEntries(pairs), RATE_LIMIT_V1_MAX_REQUESTS: "0", LOG_LEVEL: "debug" };
}

async function post(weir: Program, path: string, body: object): Promise<Response> {
  return await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
}

Deno.test("every preset is asked where its provider listens, with its key, for what it takes", async () => {
  assertEquals(Object.keys(STAND_INS), Object.keys(PRESETS));
  await using server = startPresets();
  await using weir = await startProgram({ env: environmentFor(server.url) });
  const shown: string[] = [];
  for (const [name, { chat, messages, responses, list, model }] of Object.entries(STAND_INS)) {
    const asked = { model: `${name}/${model ?? STAND_IN_MODEL}` };
    for (const stream of [false, true]) {
      if (responses !== undefined && chat === undefined && stream) continue;
      const answer = await post(weir, "/v1/chat/completions", { ...asked, ...REQUEST, stream });
      const text = await answer.text();
      assertEquals([answer.status, text.includes("taken")], [200, true], `${name}: ${text}`);
      shown.push(text, JSON.stringify([...answer.headers]));
    }
    const ask = { ...asked, max_tokens: 9, messages: [{ role: "user", content: "hi" }] };
    const said = await (await post(weir, "/v1/messages", ask)).text();
    assert(said.includes("taken"), `${name}: ${said}`);
    const response = await (await post(weir, "/v1/responses", { ...asked, input: "hi" })).text();
    assert(response.includes("taken"), `${name}: ${response}`);
    const paths = server.taken.filter((line) => line.startsWith(`${name} `));
    for (const path of [chat, messages, responses]) {
      if (path !== undefined) assert(paths.includes(`${name} POST ${path}`), `${name} ${path}`);
    }
    assertEquals(paths.includes(`${name} GET ${list}`), list !== undefined, name);
    shown.push(said, response);
  }
  const { text } = await readMetrics(weir.url);
  const health = await (await fetch(`${weir.url}/health`)).text();
  await weir.stop();
  const everything = [...shown, text, health, weir.output()].join("\n");
  assertEquals(everything.match(/planted-key-of-\w*/g), null);
});

Deno.test("what a preset's provider finds wrong is its client's to mend", async () => {
  await using server = startPresets();
  await using weir = await startProgram({ env: environmentFor(server.url) });
  const messages = [{ role: "user", content: "hi" }];
  const answer = await post(weir, "/v1/chat/completions", { model: "groq/m", messages, n: 2 });
  assertEquals([answer.status, (await answer.json()).error.message], [400, "n must be at most 1"]);
  const warned = await post(weir, "/v1/chat/completions", {
    model: "zai/m",
    messages,
    tools: TOOLS,
    tool_choice: "required",
  });
  assertEquals(
    warned.headers.get("x-weir-warning"),
    '"tool_choice" is left out: zai chooses tools by itself',
  );
  await warned.body?.cancel();
});
