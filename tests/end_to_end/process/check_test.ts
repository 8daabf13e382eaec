import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** What is wrong, the file's lines, and what `weir check` says of them. */
const BROKEN: readonly (readonly [
  what: string,
  lines: readonly string[],
  problems: readonly string[],
])[] = [
  ["a missing comma", ["{", '  "retry": {}', '  "log": {}', "}"], [
    "weir.jsonc:3:3: a comma must stand before this",
  ]],
  ["a misspelled option and one in the wrong place", [
    "{",
    '  "retry": { "maxRetrys": 3 },',
    '  "port": 8080,',
    "}",
  ], [
    'weir.jsonc:2:14: retry.maxRetrys: there is no such option; did you mean "maxRetries"?',
    'weir.jsonc:3:3: port: there is no such option; did you mean "server.port"?',
  ]],
  ["values of the wrong kind", [
    "{",
    '  "server": { "port": "8080" },',
    '  "log": { "level": "verbose" },',
    "}",
  ], [
    "weir.jsonc:2:15: server.port: must be a whole number from 0 to 65535",
    "weir.jsonc:3:12: log.level: must be one of debug, info, warn, error",
  ]],
  ["a value out of bounds", ["{", '  "retry": { "maxRetries": 1000 },', "}"], [
    "weir.jsonc:2:14: retry.maxRetries: must be a whole number from 0 to 100",
  ]],
  ["a variable that is not set", [
    "{",
    '  "upstreams": { "openai": { "apiKey": "${NO_SUCH_KEY}" } },',
    "}",
  ], [
    'weir.jsonc:2:30: upstreams.openai.apiKey: the variable NO_SUCH_KEY is not set; set it or take "${NO_SUCH_KEY}" out',
  ]],
  ["a secret that cannot be read", [
    "{",
    '  "auth": { "apiKey": "file:/nothing/here" },',
    '  "upstreams": { "venice": { "apiKey": "credential:venice" } },',
    "}",
  ], [
    "weir.jsonc:2:13: auth.apiKey: cannot be read from /nothing/here: there is no such file",
    "weir.jsonc:3:30: upstreams.venice.apiKey: is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; " +
    "start it as a service with LoadCredential=, or use file:/path",
  ]],
  ["an upstream without an address, with a name that is taken, and a default that is not on", [
    "{",
    '  "upstreams": {',
    '    "default": "elsewhere",',
    '    "compatible": { "fake": { "baseUrl": "http://127.0.0.1:1" } },',
    "  },",
    "}",
  ], [
    'weir.jsonc:4:31: upstreams.compatible.fake.baseUrl: the name "fake" is taken by an upstream that is built in; choose another',
    "weir.jsonc:3:5: upstreams.default: names no upstream that is on; these are: fake",
  ]],
  ["an option that is set twice, and a list where none belongs", [
    "{",
    '  "relay": [],',
    '  "retry": { "maxRetries": 1, "maxRetries": 2 },',
    "}",
  ], [
    "weir.jsonc:2:3: relay: must be an object: { ... }",
    "weir.jsonc:3:14: retry.maxRetries: is set twice here; take one of them out",
  ]],
];

for (const [what, lines, problems] of BROKEN) {
  Deno.test(`weir check explains ${what}`, async () => {
    await using directory = await workingDirectory({ "weir.jsonc": lines.join("\n") });
    const [{ code, output }, served] = await Promise.all([
      runProgram({ args: ["check"], cwd: directory.path }),
      runProgram({ cwd: directory.path }),
    ]);
    assertEquals(output.trimEnd().split("\n").sort(), [...problems].sort());
    assertEquals(code, 1);
    assertStringIncludes(served.output, output);
    assertEquals(served.code, 2);
  });
}

Deno.test("weir check shows the configuration in force, where it comes from and where aliases lead", async () => {
  await using directory = await workingDirectory({
    ".env": "MY_KEY=sk-planted-in-env\n",
    "other.jsonc": `{
  "auth": { "apiKey": "planted-key" },
  "upstreams": {
    "openai": { "apiKey": "\${MY_KEY}" },
    "compatible": { "local": { "baseUrl": "http://127.0.0.1:11434", "apiKey": "file:$DIR/secret" } },
  },
  "routing": {
    "aliases": { "fast": ["openai/gpt-4o-mini", "local/llama3"], "plain": "gpt-4o" },
  },
}`,
    secret: "planted-in-file\n",
  });
  const path = `${directory.path}/other.jsonc`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace("$DIR", directory.path));
  const { code, output } = await runProgram({
    args: ["check", "other.jsonc"],
    cwd: directory.path,
    env: { MAX_RETRIES: "7", HTTPS_PROXY: "http://user:planted-password@proxy:3128" },
  });
  assertEquals(code, 0, output);
  assert(!output.includes("planted"), output);
  for (
    const line of [
      "// other.jsonc with the environment is valid.",
      "//   openai: https://api.openai.com/v1 (other.jsonc:4:17)",
      "//   local: http://127.0.0.1:11434/v1 (other.jsonc:5:69)",
      '//   fast -> "gpt-4o-mini" of openai, then "llama3" of local',
      '//   plain -> "gpt-4o" of the first that lists it, else of openai',
      '    "apiKey": "***", // other.jsonc:2:13',
      '    "maxRetries": 7, // MAX_RETRIES',
      '    "budgetMs": 60000,',
      '    "httpsProxy": "http://user:***@proxy:3128/", // HTTPS_PROXY',
    ]
  ) assertStringIncludes(output.split("\n").join("\n") + "\n", `${line}\n`);

  // What it prints is a configuration file by itself; only the secrets are gone.
  await Deno.writeTextFile(`${directory.path}/shown.jsonc`, output);
  const again = await runProgram({ args: ["check", "shown.jsonc"], cwd: directory.path });
  assertEquals(again.code, 0, again.output);
  assertStringIncludes(again.output, '"maxRetries": 7, // shown.jsonc:');
});

Deno.test("weir check needs no file, and says which it has read", async () => {
  await using directory = await workingDirectory({});
  const [{ code, output }, missing] = await Promise.all([
    runProgram({ args: ["check"], cwd: directory.path }),
    runProgram({ args: ["check", "no.jsonc"], cwd: directory.path }),
  ]);
  assertEquals(code, 0);
  assertStringIncludes(output, "// The environment is valid.");
  assertStringIncludes(output, "//   fake: built in (no provider is configured)");
  assertEquals(missing, { code: 1, output: "no.jsonc: cannot be read: there is no such file\n" });
});
