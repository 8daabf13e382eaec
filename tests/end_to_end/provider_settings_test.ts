/** Every setting of an upstream changes what its provider receives, or what becomes of its answer. */

import { assertEquals } from "@std/assert";
import type { JsonObject, JsonValue } from "../../src/core/json.ts";
import { PROVIDER_VARIABLES } from "../../src/providers/registry.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startChatjimmy } from "../support/providers/chatjimmy.ts";
import { serveStandIn, type StandIn, type StandInRequest } from "../support/providers/stand_in.ts";
import { startVenice, VENICE_KEY } from "../support/providers/venice.ts";

/** What a setting is seen by: the request as it arrived, and the client's answer. */
interface Seen {
  readonly request: StandInRequest | undefined;
  readonly response: Response;
}

interface Setting {
  readonly variable: string;
  readonly value: string;
  /** Beside a model and a message. */
  readonly ask?: JsonObject;
  readonly look: (seen: Seen) => JsonValue;
  /** What is seen without the setting, and with it. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

interface Provider {
  readonly start: () => StandIn;
  readonly env: (origin: string) => Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
}

const IMAGE = { type: "image_url", image_url: { url: "https://a.example/cat.png" } };

const header = (name: string) => ({ request }: Seen): JsonValue =>
  request?.headers.get(name) ?? null;
const field = (...path: readonly string[]) => ({ request }: Seen): JsonValue =>
  path.reduce<JsonValue>(
    (value, key) => (value as JsonObject)?.[key] ?? null,
    request?.json ?? null,
  );

/** A chat has messages, a request of Responses has input. */
const ASKED_IN_RESPONSES = {
  value: "responses",
  look: field("input", "0", "content"),
  before: null,
  after: "hi",
} as const;

const PROVIDERS: Readonly<Record<string, Provider>> = {
  anthropic: {
    start: startMessages,
    env: (origin) => ({ ANTHROPIC_BASE_URL: origin }),
    settings: [
      {
        variable: "ANTHROPIC_AUTH_TOKEN",
        value: "token-1",
        look: header("authorization"),
        before: null,
        after: "Bearer token-1",
      },
    ],
  },
  openai: {
    start: startPlain,
    env: (origin) => ({ OPENAI_BASE_URL: origin }),
    settings: [
      {
        variable: "OPENAI_ORGANIZATION",
        value: "org-1",
        look: header("openai-organization"),
        before: null,
        after: "org-1",
      },
      {
        variable: "OPENAI_PROJECT",
        value: "proj-1",
        look: header("openai-project"),
        before: null,
        after: "proj-1",
      },
      { variable: "OPENAI_FORMATS", ...ASKED_IN_RESPONSES },
    ],
  },
  openrouter: {
    start: startPlain,
    env: (origin) => ({ OPENROUTER_BASE_URL: origin }),
    settings: [
      {
        variable: "OPENROUTER_REFERER",
        value: "https://app.example",
        look: header("http-referer"),
        before: "http://localhost",
        after: "https://app.example",
      },
      {
        variable: "OPENROUTER_TITLE",
        value: "App",
        look: header("x-openrouter-title"),
        before: "Weir",
        after: "App",
      },
    ],
  },
  venice: {
    start: startVenice,
    env: (origin) => ({
      VENICE_BASE_URL: origin,
      VENICE_API_KEY: VENICE_KEY,
      RETRY_BUDGET: "1",
    }),
    settings: [
      {
        variable: "VENICE_DROP_FIELDS",
        value: "seed,prompt_cache_key",
        ask: { seed: 7 },
        look: field("seed"),
        before: 7,
        after: null,
      },
      {
        variable: "RATE_LIMIT_WAIT",
        value: "0.05",
        ask: { messages: [{ role: "user", content: "[lockout]" }] },
        // A longer wait than the budget allows is handed on to the client.
        look: ({ response }) => [response.status, response.headers.get("retry-after")],
        before: [429, "30"],
        after: [200, null],
      },
    ],
  },
  compatible: {
    start: startPlain,
    env: (origin) => ({ UPSTREAM_LOCAL_BASE_URL: origin }),
    settings: [
      {
        variable: "UPSTREAM_LOCAL_STREAM_USAGE",
        value: "off",
        ask: { stream: true },
        look: field("stream_options", "include_usage"),
        before: true,
        after: null,
      },
      { variable: "UPSTREAM_LOCAL_FORMATS", ...ASKED_IN_RESPONSES },
    ],
  },
  chatjimmy: {
    start: startChatjimmy,
    env: (origin) => ({ CHATJIMMY_BASE_URL: origin }),
    settings: [
      {
        variable: "CHATJIMMY_SYSTEM_PROMPT",
        value: "Be brief.",
        look: field("chatOptions", "systemPrompt"),
        before: "",
        after: "Be brief.",
      },
      {
        variable: "CHATJIMMY_TOP_K",
        value: "1",
        look: field("chatOptions", "topK"),
        before: null,
        after: 1,
      },
      {
        variable: "CHATJIMMY_IMAGES",
        value: "refuse",
        ask: {
          messages: [{ role: "user", content: [{ type: "text", text: "What?" }, IMAGE] }],
        },
        look: ({ response }) => [response.status, response.headers.has("x-weir-warning")],
        before: [200, true],
        after: [400, false],
      },
    ],
  },
};

/** Has nothing to say. */
function startMessages(): StandIn {
  return serveStandIn(() => Response.json({}, { status: 404 }));
}

/** Speaks OpenAI's API, asks for no key and always says the same. */
function startPlain(): StandIn {
  return serveStandIn(({ method }) =>
    method === "GET" ? Response.json({ object: "list", data: [] }) : Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{
        index: 0,
        message: { role: "assistant", content: "hi" },
        finish_reason: "stop",
      }],
    })
  );
}

/** Sends the setting's request and returns what is to be seen of it. */
async function look(
  weir: Program,
  standIn: StandIn,
  setting: Pick<Setting, "ask" | "look">,
): Promise<JsonValue> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
      ...setting.ask,
    }),
  });
  await response.body?.cancel();
  const request = standIn.requests.findLast(({ method }) => method === "POST");
  return setting.look({ request, response });
}

for (const [name, { start, env, settings }] of Object.entries(PROVIDERS)) {
  Deno.test(`every setting of ${name} is obeyed`, async (test) => {
    await using standIn = start();
    await using plain = await startProgram({ env: env(standIn.origin) });
    for (const setting of settings) {
      const { variable, value, before, after } = setting;
      await test.step(variable, async () => {
        assertEquals(await look(plain, standIn, setting), before);
        await using fresh = start();
        await using set = await startProgram({
          env: { ...env(fresh.origin), [variable]: value },
        });
        assertEquals(await look(set, fresh, setting), after);
      });
    }
  });
}

/** The addresses and keys of all kinds, under a name of the operator's own where they have one. */
const ACCOUNTS = PROVIDER_VARIABLES.map(([name]) => name)
  .filter((name) => name.endsWith("_BASE_URL"))
  .map((name) => ({ baseUrl: name, apiKey: name.replace(/BASE_URL$/, "API_KEY") }));

for (const { baseUrl, apiKey } of ACCOUNTS) {
  const hasKey = PROVIDER_VARIABLES.some(([name]) => name === apiKey);
  Deno.test(`${baseUrl}${hasKey ? ` and ${apiKey} are` : " is"} obeyed`, async () => {
    await using standIn = startPlain();
    const env = { [baseUrl]: standIn.origin, ...(hasKey && { [apiKey]: "key-1" }) };
    await using weir = await startProgram({
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name.replace("<NAME>", "LOCAL"), value]),
      ),
    });
    const credential: Setting["look"] = (seen) =>
      apiKey === "ANTHROPIC_API_KEY"
        ? `Bearer ${header("x-api-key")(seen)}`
        : header("authorization")(seen);
    const seen = await look(weir, standIn, { look: credential });
    assertEquals(seen, hasKey ? "Bearer key-1" : null);
    assertEquals(standIn.requests.length, 1);
  });
}

Deno.test("CHATJIMMY and DEFAULT_UPSTREAM are obeyed", async () => {
  const cases = [
    [{ CHATJIMMY: "on" }, ["chatjimmy"]],
    [{ CHATJIMMY: "on", FAKE: "on" }, ["chatjimmy", "fake"]],
    [{ CHATJIMMY: "on", FAKE: "on", DEFAULT_UPSTREAM: "fake" }, ["fake", "chatjimmy"]],
  ] as const;
  for (const [env, providers] of cases) {
    await using weir = await startProgram({ env });
    const health = await (await fetch(`${weir.url}/healthz`)).json();
    assertEquals(health.upstreams, providers);
  }
});

Deno.test("several OpenAI-compatible upstreams serve at once, each under its name", async () => {
  await using alpha = startPlain();
  await using beta = startPlain();
  await using weir = await startProgram({
    env: { UPSTREAM_ALPHA_BASE_URL: alpha.origin, UPSTREAM_BETA_BASE_URL: `${beta.origin}/v1/` },
  });
  for (const model of ["alpha/m", "beta/n", "o"]) {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
    });
    assertEquals(response.status, 200);
    await response.body?.cancel();
  }
  const modelsOf = (standIn: StandIn) =>
    standIn.received("/v1/chat/completions").map(({ json }) => json["model"]);
  assertEquals([modelsOf(alpha), modelsOf(beta)], [["m", "o"], ["n"]]);
});

Deno.test("no setting of an upstream is without its test here", () => {
  const tested = new Set([
    "CHATJIMMY",
    ...ACCOUNTS.flatMap(({ baseUrl, apiKey }) => [baseUrl, apiKey]),
    ...Object.values(PROVIDERS).flatMap(({ settings }) =>
      settings.map(({ variable }) => variable.replace("UPSTREAM_LOCAL_", "UPSTREAM_<NAME>_"))
    ),
  ]);
  assertEquals(PROVIDER_VARIABLES.map(([name]) => name).filter((name) => !tested.has(name)), []);
});
