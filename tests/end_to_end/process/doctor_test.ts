import { assert, assertEquals, assertMatch } from "@std/assert";
import { runProgram } from "../../support/program.ts";
import { NOBODY_URL, startProvider } from "../../support/provider.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** Answers each path in one of the ways that a wrong address answers. */
function startStranger() {
  return serveStandIn(({ path }) => {
    const [, scene] = path.split("/");
    switch (scene) {
      case "key":
        return Response.json({ error: { message: "no" } }, { status: 401 });
      case "page":
        return new Response("<!doctype html><title>Welcome</title>", {
          headers: { "content-type": "text/html" },
        });
      case "moved":
        return new Response(null, { status: 301, headers: { location: "https://api.example/v1" } });
      case "other":
        return Response.json({ hello: "world" });
      case "quota":
        return Response.json({ error: { message: "no" } }, { status: 429 });
      case "broken":
        return new Response("oops", { status: 500 });
      default:
        return new Response("not here", { status: 404 });
    }
  });
}

/** The lines of the report, by upstream. */
async function doctor(
  config: unknown,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config, null, 1) });
  const { code, output } = await runProgram({ args: ["doctor"], cwd: directory.path });
  assert(!output.includes("planted"), output);
  const lines = output.trimEnd().split("\n").filter((line) => !line.includes("loopback origins"))
    .sort();
  return { code, lines };
}

Deno.test("weir doctor explains each mistake in an address or a key in one sentence", async () => {
  await using stranger = startStranger();
  const at = (path: string) => ({ baseUrl: `${stranger.origin}/${path}` });
  const { code, lines } = await doctor({
    upstreams: {
      compatible: {
        "a-key": { ...at("key/v1"), apiKey: "planted-key" },
        "b-no-key": at("key/v1"),
        "c-lacks-v1": at("api"),
        "d-path": at("nowhere/v1"),
        "e-page": at("page/v1"),
        "f-moved": at("moved/v1"),
        "g-other": at("other/v1"),
        "h-quota": at("quota/v1"),
        "i-broken": at("broken/v1"),
        "j-refused": { baseUrl: NOBODY_URL },
        "k-name": { baseUrl: "http://nothing.invalid/v1" },
        "l-tls": { baseUrl: stranger.origin.replace("http:", "https:") },
      },
    },
  });
  const expected = [
    /^problem a-key: The key is not accepted \(401\); check weir\.jsonc:6:5$/,
    /^problem b-no-key: A key is wanted and none is set \(401\); set UPSTREAM_B-NO-KEY_API_KEY$/,
    /^problem c-lacks-v1: .* \(404\); the address probably lacks \/v1 at its end: check weir\.jsonc:12:5$/,
    /^problem d-path: There is no list of models below .*nowhere\/v1 \(404\); check the path in weir/,
    /^problem e-page: .* answers with a web page \(200\), so it is not an API; check weir/,
    /^problem f-moved: .* redirects to https:\/\/api\.example\/v1; write the address of the API itself/,
    /^problem g-other: .* answers, but with no list of models: it may be another API; check weir/,
    /^problem h-quota: The account's limit or credit is used up \(429\)/,
    /^problem i-broken: .* answers with status 500; look at its own log/,
    /^problem j-refused: The upstream refused the connection; nothing listens there: start it, or check host/,
    /^problem k-name: The upstream's name could not be resolved; check the host's name in weir/,
    /^problem l-tls: The upstream did not complete the TLS handshake; it may speak plain HTTP: try http/,
  ];
  assertEquals(lines.length, expected.length, lines.join("\n"));
  for (const [index, pattern] of expected.entries()) assertMatch(lines[index] ?? "", pattern);
  assertEquals(code, 1);
});

Deno.test("weir doctor finds a wrong key where the models can be listed without one", async () => {
  await using openrouter = startOpenrouter();
  const providers = (apiKey: string) => ({
    upstreams: { openrouter: { baseUrl: openrouter.origin, apiKey } },
  });
  const wrong = await doctor(providers("planted-key"));
  assertEquals(wrong, {
    code: 1,
    lines: ["problem openrouter: The key is not accepted (401); check weir.jsonc:5:4"],
  });
  const right = await doctor(providers(OPENROUTER_KEY));
  assertEquals(right.code, 0);
  assertMatch(
    right.lines.join("\n"),
    /^ok {6}openrouter: 3 models at http:\/\/127\.0\.0\.1:\d+\/api\/v1/,
  );
});

Deno.test("weir doctor finds an alias of a model that is not served, and what was meant", async () => {
  await using provider = startProvider();
  const { code, lines } = await doctor({
    upstreams: { compatible: { local: { baseUrl: provider.baseUrl } } },
    routing: { aliases: { good: "local/fake-model", bad: ["local/fake-modle"], worse: "zebra" } },
  });
  assertEquals(code, 1);
  assertEquals(lines.slice(1), [
    'problem alias bad: local does not list the model "fake-modle"; did you mean "fake-model"? (weir.jsonc:12:4)',
    'problem alias worse: no upstream lists the model "zebra" (weir.jsonc:15:4)',
  ]);
});

Deno.test("weir doctor says that without a provider the fake LLM answers", async () => {
  const { code, lines } = await doctor({});
  assertEquals(code, 0);
  assertMatch(lines.join("\n"), /note {4}no provider is on.*\nok {6}fake: \d+ models/);
});

Deno.test("weir doctor tells whether web pages can use it", async () => {
  await using directory = await workingDirectory({});
  const cases = [
    [
      {},
      0,
      "note    web pages can use it from loopback origins alone; list others in CORS_ORIGINS, or set a key",
    ],
    [
      { CORS_ORIGINS: "*" },
      1,
      "problem every web page may use it, and without a key: list origins in CORS_ORIGINS, or set a key",
    ],
    [{ CORS_ORIGINS: "*", PROXY_API_KEY: "planted-key" }, 0, undefined],
  ] as const;
  for (const [env, code, line] of cases) {
    const result = await runProgram({ args: ["doctor"], cwd: directory.path, env });
    assertEquals(result.code, code, result.output);
    assertEquals(result.output.split("\n").find((each) => / web pages? /.test(each)), line);
  }
});

Deno.test("weir models lists aliases and each upstream's models by the names that reach them", async () => {
  await using provider = startProvider();
  await using openrouter = startOpenrouter();
  await using directory = await workingDirectory({});
  const env = {
    UPSTREAM_LOCAL_BASE_URL: provider.baseUrl,
    OPENROUTER_BASE_URL: openrouter.origin,
    MODEL_ALIASES: "fast=local/fake-model",
  };
  const all = await runProgram({ args: ["models"], cwd: directory.path, env });
  const lines = all.output.trimEnd().split("\n");
  assertEquals(lines.slice(0, 2), ["fast", "openrouter/openai/gpt-4o"]);
  assert(lines.includes("local/fake-model"), all.output);
  assertEquals(all.code, 0);

  const some = await runProgram({
    args: ["models"],
    cwd: directory.path,
    env: { ...env, UPSTREAM_LOCAL_BASE_URL: "http://nothing.invalid/v1" },
  });
  assertMatch(some.output, /^openrouter\/openai\/gpt-4o$/m);
  assertMatch(
    some.output,
    /^local: The upstream's name could not be resolved; check .*UPSTREAM_LOCAL_BASE_URL/m,
  );
  assertEquals(some.code, 1);
});
