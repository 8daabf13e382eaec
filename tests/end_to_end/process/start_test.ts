import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

Deno.test("without a key the embedded fake LLM answers, and the banner says so", async () => {
  // From source, as `deno task serve` is; other tests may start the program in few files.
  await using weir = await startProgram({ entry: "main.ts" });
  assertStringIncludes(weir.output(), "upstream fake: http://127.0.0.1:");
  assertStringIncludes(weir.output(), "no provider is configured");
  assert(!weir.output().includes("WARNING"), "nothing can be spent");
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "any-model", messages: [{ role: "user", content: "hi" }] }),
  });
  const completion = await response.json();
  assertEquals(completion.choices[0].message.content, "hello world");
  assertEquals(completion.choices[0].finish_reason, "stop");
});

Deno.test("the banner and weir check say which upstream is the default and why", async () => {
  await using directory = await workingDirectory({
    "weir.jsonc": `{"upstreams":{"compatible":{
      "zeta": {"baseUrl":"http://127.0.0.1:1"}, "alpha": {"baseUrl":"http://127.0.0.1:2"}
    }}}`,
  });
  const openai = { OPENAI_API_KEY: "sk-planted-key" };
  const variables = {
    UPSTREAM_B_BASE_URL: "http://127.0.0.1:1",
    UPSTREAM_A_BASE_URL: "http://127.0.0.1:1",
  };
  const cases:
    readonly (readonly [env: Record<string, string>, cwd: string | undefined, says: RegExp])[] = [
      [{}, undefined, /fake: .*; default: there is no other\)/],
      [openai, undefined, /openai: .*; default: there is no other\)/],
      [
        { ...openai, ...variables },
        undefined,
        /openai: .*the first of the built-in order; DEFAULT_UPSTREAM names another\)/,
      ],
      [
        { ...openai, ...variables, DEFAULT_UPSTREAM: "b" },
        undefined,
        /b: .*; default: DEFAULT_UPSTREAM names it\)/,
      ],
      [
        variables,
        undefined,
        /a: .*the first of your own by name; DEFAULT_UPSTREAM names another\)/,
      ],
      [
        variables,
        directory.path,
        /zeta: .*the first of your own in the file; DEFAULT_UPSTREAM names another\)/,
      ],
    ];
  for (const [env, cwd, says] of cases) {
    await using weir = await startProgram({ env, ...(cwd !== undefined && { cwd }) });
    assertMatch(weir.output(), says);
    assertEquals(weir.output().match(/; default: /g)?.length, 1);
  }
  const { output } = await runProgram({ args: ["check"], env: variables, cwd: directory.path });
  assertMatch(
    output,
    /the default first \(it is the first of your own in the file; .*\):\n\/\/ {3}zeta:/,
  );
});

Deno.test("the curl line of the banner is a request that streams an answer", async () => {
  await using weir = await startProgram();
  const [, url, header, body] = await weir.printed(/curl -N (\S+) -H "([^"]+)" -d '([^']+)'/);
  const [name = "", value = ""] = (header ?? "").split(": ");
  const response = await fetch(url ?? "", {
    method: "POST",
    headers: { [name]: value },
    body: body ?? "",
  });
  assertMatch(await response.text(), /"content":"hello"[\s\S]*data: \[DONE\]\n\n$/);
});

Deno.test("a metered key on an open port is warned about, once, and not printed", async () => {
  const env = { OPENAI_API_KEY: "sk-planted-key", HOST: "0.0.0.0" };
  await using weir = await startProgram({ env });
  assertStringIncludes(weir.output(), "upstream openai: https://api.openai.com/v1");
  assertEquals(weir.output().match(/WARNING/g)?.length, 1);
  assert(!weir.output().includes("sk-planted-key"));
});

Deno.test("a key of the gateway's own, or a loopback address, needs no warning", async () => {
  for (const env of [{ PROXY_API_KEY: "secret", HOST: "0.0.0.0" }, { HOST: "127.0.0.1" }]) {
    await using weir = await startProgram({ env: { OPENAI_API_KEY: "sk-planted-key", ...env } });
    assert(!weir.output().includes("WARNING"), weir.output());
  }
});

Deno.test("bad settings stop the start, all of them named at once and no value repeated", async () => {
  const { code, output } = await runProgram({
    env: {
      PORT: "eighty",
      LOG_LEVEL: "loud",
      OPENAI_BASE_URL: "sk-in-the-wrong-place",
      MAX_BODY_BYTES: "-1",
    },
  });
  assertEquals(code, 2);
  for (const name of ["PORT", "LOG_LEVEL", "OPENAI_BASE_URL", "MAX_BODY_BYTES"]) {
    assertMatch(output, new RegExp(`^${name}: .+$`, "m"));
  }
  assert(!output.includes("sk-in-the-wrong-place"));
});

Deno.test("a .env file in the working directory is read, below the environment itself", async () => {
  await using directory = await workingDirectory({
    ".env": "NODE_ENV=from-file\nPROXY_API_KEY=from-file\n",
  });
  await using weir = await startProgram({ cwd: directory.path, env: { NODE_ENV: "from-env" } });
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(health.environment, "from-env");
  const response = await fetch(`${weir.url}/v1/models`, {
    headers: { authorization: "Bearer from-file" },
  });
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("a port that is taken is said in one line, without a stack trace", async () => {
  await using first = await startProgram();
  const port = new URL(first.url).port;
  const { code, output } = await runProgram({ env: { HOST: "127.0.0.1", PORT: port } });
  assertEquals(code, 1);
  assertStringIncludes(output, "weir cannot listen on 127.0.0.1:");
  assert(!output.includes("    at "), output);
});

Deno.test("an unknown command or option is refused with a hint", async () => {
  for (const args of [["swim"], ["--prot", "1"], ["serve", "now"]]) {
    const { code, output } = await runProgram({ args });
    assertEquals(code, 2, args.join(" "));
    assertStringIncludes(output, 'Run "weir help"');
  }
});

Deno.test("weir fake serves the fake LLM by itself", async () => {
  await using fake = await startProgram({ args: ["fake"] });
  const models = await (await fetch(`${fake.url}/v1/models`)).json();
  assertEquals(models.object, "list");
});
