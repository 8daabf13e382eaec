/** The commands beside serving: each through the real program, most of them at one gateway. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandLine, type ProgramOptions, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const KEY = "weir-planted-key";

/** Runs a command with that on its standard input, and its two outputs apart. */
async function run(options: ProgramOptions, input = "") {
  const { program, ...line } = commandLine(options);
  const child = new Deno.Command(program, {
    ...line,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // Who reads no input may be gone by then.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("what asks a running gateway", async (test) => {
  await using weir = await startProgram({
    env: { PROXY_API_KEY: KEY, FAKE: "on", BASE_RETRY_DELAY: "0.001" },
  });
  const env = { WEIR_KEY: KEY };
  const at = ["--url", `${weir.url}/v1`];
  const chat = (args: string[], input: string) =>
    run({ args: ["chat", ...args, ...at], env }, input);

  await test.step("weir chat prints answers alone, and everything else beside them", async () => {
    const surfaces = ["chat", "messages", "responses", "gemini"].map(async (surface) => {
      const { code, stdout, stderr } = await chat(["any", "--surface", surface], "hi");
      assertEquals([code, stdout], [0, "hello world\n"], surface);
      assertMatch(stderr, /^fake-model, \d+ \+ \d+ tokens, \d+ ms\n$/, surface);
      await weir.printed(RegExp(`"surface":"${surface === "chat" ? "openai" : surface}"`));
    });
    const [thought, called] = await Promise.all([
      chat(["any"], "hi [reasoning=Let me think]"),
      chat(["any"], '[tool=look {"a":1}]'),
      ...surfaces,
    ]);
    assertEquals(thought.stdout, "hello world\n");
    assertStringIncludes(thought.stderr, "Let me think");
    assertEquals(called.stdout, "");
    assertStringIncludes(called.stderr, 'calls look({"a":1})');
  });

  await test.step("weir chat takes the first model of the list, and fails in the gateway's words", async () => {
    const [first, refused] = await Promise.all([
      chat([], "hi"),
      run({ args: ["chat", "any", ...at], env: { WEIR_KEY: "wrong" } }, "hi"),
    ]);
    // The last one that a provider is asked says how that is.
    const failed = await chat(["any"], "[500]");
    assertEquals([first.code, first.stdout], [0, "hello world\n"]);
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.stderr, "The gateway answers 500: The server had an error");
    assertEquals(refused.code, 1);
    assertMatch(refused.stderr, /answers 401: .*; put a key of the gateway into WEIR_KEY/);
  });

  await test.step("weir status tells how it is, in words and as JSON", async () => {
    const told = await run({ args: ["status", ...at], env });
    assertEquals(told.code, 0, told.stderr);
    assertMatch(told.stdout, /gateway {4}http:\S+, Weir \d+\.\d+\.\d+, production/);
    assertMatch(told.stdout, /providers {2}fake: failing, last failed at \S+: upstream_error/);
    assertMatch(told.stdout, /calls {6}\d+ complete, 1 upstream_error/);
    const status = JSON.parse((await run({ args: ["status", "--json", ...at], env })).stdout);
    assertEquals([status.url, status.calls.upstream_error], [weir.url, 1]);
  });

  await test.step("weir launch says which agent is not there, and how to get it", async () => {
    const missing = await run({
      args: ["launch", "claude", ...at],
      env: { ...env, PATH: "/none" },
    });
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.stderr, "npm install -g @anthropic-ai/claude-code");
  });
});

Deno.test("commands for a gateway say where they looked for it when there is none", async () => {
  const { code, stderr } = await run({ args: ["status", "--url", "http://127.0.0.1:9"] });
  assertEquals(code, 1);
  assertMatch(stderr, /^http:\/\/127\.0\.0\.1:9: the gateway refused .*; start it with weir serve/);
});

const LITELLM = `
model_list:
  - model_name: fast
    litellm_params: { model: openai/gpt-5-mini, api_key: os.environ/OPENAI_KEY }
  - model_name: fast
    litellm_params: { model: azure/mini, api_base: "https://a.openai.azure.com", api_key: k, weight: 3 }
  - model_name: own
    litellm_params: { model: openai/m, api_base: "http://127.0.0.1:8000/v1" }
  - model_name: lost
    litellm_params: { model: petals/x }
litellm_settings: { num_retries: 3, request_timeout: 60, fallbacks: [{ own: [fast] }], cache: true }
general_settings: { master_key: os.environ/MASTER }
`;

Deno.test("weir import litellm prints a configuration that is valid, and names what is lost", async () => {
  await using directory = await workingDirectory({ "litellm.yaml": LITELLM });
  const cwd = directory.path;
  const imported = await run({ args: ["import", "litellm", "litellm.yaml"], cwd });
  assertEquals(imported.code, 0, imported.stderr);
  for (
    const lost of [
      'model "lost": Weir knows no provider "petals"',
      "litellm_settings.cache: set CACHE, and CACHE_MODELS ",
    ]
  ) {
    assertStringIncludes(imported.stderr, `Not carried over: ${lost}`);
    assertStringIncludes(imported.stdout, `// - ${lost}`);
  }
  await Deno.writeTextFile(`${cwd}/weir.jsonc`, imported.stdout);
  const env = { OPENAI_KEY: "sk-planted", MASTER: "the-master-key" };
  const checked = await run({ args: ["check", "--json"], cwd, env });
  assertEquals(checked.code, 0, checked.stdout);
  const { upstreams, aliases } = JSON.parse(checked.stdout);
  assertEquals(upstreams.map(({ name }: { name: string }) => name), [
    "openai",
    "127-0-0-1-8000",
    "azure",
  ]);
  assertEquals(aliases, {
    fast: ["openai/gpt-5-mini", "azure/mini"],
    own: ["127-0-0-1-8000/m", "fast"],
  });
});

Deno.test("weir init writes what it finds, once", async () => {
  await using directory = await workingDirectory({
    "portkey.json": JSON.stringify({
      strategy: { mode: "loadbalance" },
      targets: [{ provider: "groq", override_params: { model: "a" }, weight: 2 }, {
        provider: "openai",
        override_params: { model: "b" },
        virtual_key: "v",
      }],
    }),
  });
  const cwd = directory.path;
  const env = { MISTRAL_API_KEY: "planted-mistral-key", GROQ_API_KEY: "planted-groq-key" };
  const made = await run({ args: ["init"], cwd, env });
  assertEquals(made.code, 0, made.stderr);
  const text = await Deno.readTextFile(`${cwd}/weir.jsonc`);
  assertStringIncludes(text, '"apiKey": "${MISTRAL_API_KEY}"');
  assertStringIncludes(text, "- targets[1].virtual_key");
  assert(!text.includes("planted"), text);
  const { aliases } = JSON.parse((await run({ args: ["check", "--json"], cwd, env })).stdout);
  assertEquals(aliases, { portkey: ["groq/a", "openai/b"] });
  const again = await run({ args: ["init"], cwd, env });
  assertEquals(again.code, 1);
  assertStringIncludes(again.stderr, "is there already and stays as it is");
  assertEquals(await Deno.readTextFile(`${cwd}/weir.jsonc`), text);
});

Deno.test("the start says what of the environment is not used, and loudly who answers", async () => {
  await using weir = await startProgram({
    env: { GOOGLE_API_KEY: "planted-google", AZURE_OPENAI_API_KEY: "planted-azure" },
  });
  assertMatch(weir.output(), /^weir \S+ listens on http\S+ \(127\.0\.0\.1\): open it in a browser/);
  assertStringIncludes(weir.output(), "FAKE ANSWERS: the built-in fake LLM answers");
  assertStringIncludes(weir.output(), "for gemini, write GEMINI_API_KEY=$GOOGLE_API_KEY");
  assertStringIncludes(weir.output(), "for azure, write AZURE_OPENAI_ENDPOINT=https://");
  assert(!/planted/.test(weir.output()), weir.output());
});
