import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/problems/problem.ts";
import { type ConfigSources, readConfig } from "../../src/config/read_config.ts";
import { FileError } from "../../src/config/sources/read_small_file.ts";
import { readSettings } from "../../src/config/sources/settings.ts";

/** Reads a file of these lines, with nothing in the environment unless given. */
function read(lines: readonly string[], sources: Partial<ConfigSources> = {}) {
  return readConfig({
    environment: {},
    file: { path: "weir.jsonc", text: lines.join("\n") },
    ...sources,
  });
}

function problemsOf(lines: readonly string[], sources: Partial<ConfigSources> = {}): string {
  return assertThrows(() => read(lines, sources), ConfigError).message;
}

Deno.test("readConfig() reads comments, trailing commas, a byte order mark and $schema", () => {
  const { config } = read([
    "\uFEFF// Ours.",
    '{ "$schema": "./weir.schema.json", /* why */',
    '  "retry": { "maxRetries": 2, },',
    "}",
  ]);
  assertEquals(config.retry.maxRetries, 2);
  for (const empty of ["", "// nothing yet", "{}"]) {
    assertEquals(read([empty]).config, readConfig({ environment: {} }).config);
  }
});

Deno.test("readConfig() lets the command line win over the environment, it over the file, the file over defaults", () => {
  const file = [
    '{ "server": { "port": 1, "host": "file", "environment": "file" },',
    '"retry": {} }',
  ];
  const { config, originOf } = read(file, {
    environment: { PORT: "2", HOST: "environment" },
    overrides: readSettings({ "--port": "3" }, [
      { name: "--port", path: ["server", "port"], form: "number" },
    ]),
  });
  assertEquals(
    [config.server.port, config.server.host, config.server.environment, config.retry.maxRetries],
    [3, "environment", "file", 5],
  );
  assertEquals(
    [["server", "port"], ["server", "host"], ["server", "environment"], ["retry", "maxRetries"]]
      .map(originOf),
    ["--port", "HOST", "weir.jsonc:1:42", undefined],
  );
});

Deno.test("readConfig() adds to the file's groups what the environment sets of them", () => {
  const { config } = read([
    '{ "routing": { "aliases": { "fast": "a", "slow": "b" } },',
    '  "upstreams": { "compatible": { "one": { "baseUrl": "http://127.0.0.1:1" } } } }',
  ], {
    environment: { MODEL_ALIASES: "fast=c,new=d", UPSTREAM_TWO_BASE_URL: "http://127.0.0.1:2" },
  });
  assertEquals(Object.keys(config.routing.aliases), ["fast", "slow", "new"]);
  assertEquals(JSON.stringify(config.routing.aliases.fast).includes("c"), true);
  assertEquals(Object.keys(config.upstreams.compatible), ["one", "two"]);
});

Deno.test("readConfig() reads seconds with decimals to the millisecond", () => {
  const environment = { TIMEOUT: "2.01", MAX_RETRY_DELAY: "1.001" };
  const { transport, retry } = readConfig({ environment }).config;
  assertEquals([transport.headersTimeoutMs, retry.maxDelayMs], [2_010, 1_001]);
});

Deno.test("readConfig() fills variables in texts, and $${ stays ${", () => {
  const { config } = read([
    '{ "server": { "environment": "${STAGE}-${REGION}" },',
    '  "upstreams": { "chatjimmy": { "systemPrompt": "say $${x}" } } }',
  ], { environment: { STAGE: "live", REGION: " eu " } });
  assertEquals(config.server.environment, "live-eu");
  assertEquals(config.upstreams.chatjimmy.systemPrompt, "say ${x}");
});

Deno.test("readConfig() reads secrets from files and credentials, wherever they are named", () => {
  const files: Record<string, string> = {
    "/run/secrets/openai": "sk-one\n",
    "/run/credentials/weir/proxy": "  sk-two ",
  };
  const { config, input } = read([
    '{ "upstreams": { "openai": { "apiKey": "file:/run/secrets/openai" } } }',
  ], {
    environment: {
      PROXY_API_KEY: "credential:proxy",
      CREDENTIALS_DIRECTORY: "/run/credentials/weir",
    },
    readFile: (path) => files[path] ?? "",
  });
  assertEquals(config.upstreams.openai.apiKey, "sk-one");
  assertEquals(config.auth.apiKey, "sk-two");
  assert(!JSON.stringify(input).includes("sk-"));
});

Deno.test("readConfig() does not read files for what is no secret", () => {
  const readFile = () => assert(false, "a file was read") as never;
  const { config } = read(['{ "server": { "environment": "file:/etc/passwd" } }'], { readFile });
  assertEquals(config.server.environment, "file:/etc/passwd");
});

Deno.test("readConfig() tells every problem at once, each with its line and what to do", () => {
  const lines = [
    "{",
    '  "server": { "port": "3000", "host": "" },',
    '  "retry": { "maxRetrys": 1, "budgetMs": -1, "zebra": true },',
    '  "upstreams": {',
    '    "openai": { "api_key": "sk-planted", "baseUrl": "sk-planted" },',
    '    "compatible": { "My LLM": { "baseUrl": "http://127.0.0.1:1" },',
    '                    "other": { "streamUsage": "maybe" } },',
    "  },",
    '  "log": { "level": "loud" },',
    '  "timeoutMs": 5,',
    '  "routing": { "aliases": 3 },',
    '  "relay": [],',
    '  "port": 3000,',
    '  "PROXY_API_KEY": "sk-planted",',
    "}",
  ];
  const message = problemsOf(lines, { environment: { MAX_RETRIES: "many", RETRY_BUDGET: "5000" } });
  assertEquals(message.split("\n"), [
    "MAX_RETRIES: must be a whole number from 0 to 100",
    "RETRY_BUDGET: must be a number of seconds from 0 to 3600",
    "weir.jsonc:2:15: server.port: must be a whole number from 0 to 65535",
    "weir.jsonc:2:31: server.host: must not be empty; write a value or take it out",
    'weir.jsonc:3:14: retry.maxRetrys: there is no such option; did you mean "maxRetries"?',
    "weir.jsonc:3:46: retry.zebra: there is no such option; there are maxRetries, baseDelayMs, maxDelayMs, budgetMs",
    'weir.jsonc:5:17: upstreams.openai.api_key: there is no such option; did you mean "apiKey"?',
    "weir.jsonc:5:42: upstreams.openai.baseUrl: must be a web address such as https://api.example.com/v1",
    'weir.jsonc:6:21: upstreams.compatible["My LLM"]: cannot be a name here: it must be small letters, digits, - and _, 64 at the most',
    "weir.jsonc:7:21: upstreams.compatible.other.baseUrl: must be set: it is the upstream's address",
    "weir.jsonc:7:32: upstreams.compatible.other.streamUsage: must be one of on, off",
    "weir.jsonc:9:12: log.level: must be one of debug, info, warn, error",
    'weir.jsonc:10:3: timeoutMs: there is no such option; did you mean "models.timeoutMs"?',
    "weir.jsonc:11:16: routing.aliases: must be an object: { ... }",
    "weir.jsonc:12:3: relay: must be an object: { ... }",
    'weir.jsonc:13:3: port: there is no such option; did you mean "server.port"?',
    'weir.jsonc:14:3: PROXY_API_KEY: there is no such option; did you mean "auth.apiKey"?',
  ]);
  assert(!message.includes("sk-planted"));
});

Deno.test("readConfig() says what is wrong with values that are not in the file themselves", () => {
  const cases: readonly (readonly [line: string, problem: string])[] = [
    [
      '{ "server": { "environment": "${STAGE}" } }',
      'weir.jsonc:1:15: server.environment: the variable STAGE is not set; set it or take "${STAGE}" out',
    ],
    [
      '{ "server": { "environment": "${not a name}" } }',
      'weir.jsonc:1:15: server.environment: "${not a name}" holds no name of a variable; for the text itself write "$${not a name}"',
    ],
    [
      '{ "auth": { "apiKey": "file:secret" } }',
      "weir.jsonc:1:13: auth.apiKey: must have an absolute path after file:, such as file:/run/secrets/key",
    ],
    [
      '{ "auth": { "apiKey": "file:/no/such" } }',
      "weir.jsonc:1:13: auth.apiKey: cannot be read from /no/such: there is no such file",
    ],
    [
      '{ "auth": { "apiKey": "file:/empty" } }',
      "weir.jsonc:1:13: auth.apiKey: is read from /empty, which is empty; write the secret there",
    ],
    [
      '{ "auth": { "apiKey": "credential:../x" } }',
      "weir.jsonc:1:13: auth.apiKey: must have the name of a credential after credential:, such as credential:key",
    ],
    [
      '{ "auth": { "apiKey": "credential:key" } }',
      "weir.jsonc:1:13: auth.apiKey: is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; " +
      "start it as a service with LoadCredential=, or use file:/path",
    ],
    ['{ "log": {}, "log": {} }', "weir.jsonc:1:3: log: is set twice here; take one of them out"],
    [
      '{ "$schema": 1 }',
      'weir.jsonc:1:3: $schema: must be the address of a JSON Schema, such as "./weir.schema.json"',
    ],
    ["[]", 'weir.jsonc:1:1: must be an object: { "section": { ... } }'],
    [
      '{ "upstreams": { "default": "nowhere" } }',
      "weir.jsonc:1:18: upstreams.default: names no upstream that is on; these are: fake",
    ],
  ];
  const readFile = (path: string): string => {
    if (path === "/empty") return " \n";
    throw new FileError("missing", "there is no such file");
  };
  for (const [line, problem] of cases) assertEquals(problemsOf([line], { readFile }), problem);
});

Deno.test("readConfig() names each mistake of syntax once, at its line", () => {
  const cases: readonly (readonly [lines: readonly string[], problems: readonly string[]])[] = [
    [["{", '  "log": {} "auth": {}', "}"], ["2:13: a comma must stand before this"]],
    [["{", "  log: {}", "}"], ['2:3: names and texts must stand in double quotes ("...")']],
    [["{", '  "log": {},', '  "auth" {}', "}"], [
      '3:10: a colon must stand here, as in "name": value',
    ]],
    [["{", '  "log": { "level": info }', "}"], [
      '2:21: names and texts must stand in double quotes ("...")',
    ]],
    [["{", '  "log": {', ""], ['3:1: a "}" is missing']],
    [["{", '  "a": "\\q",', '  "d": 1 "e": 2,', '  "c": "b', "}"], [
      "2:8: this escape is unknown; write a backslash as \\\\",
      "3:10: a comma must stand before this",
      "4:8: the text has no end; put a quote after it",
    ]],
    [["{} {}"], ["1:4: the file must end here; take out what follows"]],
    [["/* { }"], ['1:1: the comment has no end; write "*/" after it']],
  ];
  for (const [lines, problems] of cases) {
    assertEquals(problemsOf(lines), problems.map((problem) => `weir.jsonc:${problem}`).join("\n"));
  }
  for (const levels of [20, 3_000, 100_000]) {
    const nested = `{"auth":{"keys":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    assertEquals(problemsOf([nested]), "weir.jsonc: is nested too deeply; no option is");
  }
});

Deno.test("readConfig() stops after a hundred problems, however many there are and of whatever kind", () => {
  const many = (line: (index: number) => string) =>
    Array.from({ length: 20_000 }, (_, index) => line(index)).join(",\n");
  const cases = [
    `{ ${many((index) => `"k${index}": 1`)} }`,
    `{ ${many(() => '"log": {}')} }`,
    `{ "routing": { "aliases": { ${many((index) => `"k${index}": "\${X${index}}"`)} } } }`,
    `{ "routing": { "aliases": { ${many((index) => `"k${index}": 1`)} } } }`,
    `{ ${many(() => "x")} }`,
  ];
  for (const text of cases) {
    assertEquals(problemsOf([text]).split("\n").length, 100, text.slice(0, 99));
  }
  assertEquals(problemsOf([`{${",".repeat(100_000)}}`]).split("\n").length, 1);
});

Deno.test("readConfig() takes names for what they are, even those that objects inherit", () => {
  const { config } = read([
    '{ "routing": { "aliases": { "constructor": "a", "toString": "b" } } }',
  ], { environment: { UPSTREAM_CONSTRUCTOR_BASE_URL: "http://127.0.0.1:1" } });
  assertEquals(Object.keys(config.routing.aliases), ["constructor", "toString"]);
  assertEquals(Object.keys(config.upstreams.compatible), ["constructor"]);
  assertEquals(
    problemsOf(['{ "toString": 1 }']).startsWith(
      "weir.jsonc:1:3: toString: there is no such option",
    ),
    true,
  );
});

Deno.test("readConfig() tells of what would fail later, or be lost", () => {
  const cases: readonly [
    lines: readonly string[],
    environment: Record<string, string>,
    told: string,
  ][] = [
    [[], { OPENAI_API_KEY: "sk one" }, "OPENAI_API_KEY: must be printable ASCII without spaces"],
    [[], { UPSTREAM_A_BASE_URL: "http://a", UPSTREAM_A_API_KEY: "k y" }, "without spaces"],
    [[], { OPENAI_BASE_URL: "http://[[::]]" }, "OPENAI_BASE_URL: must be a web address"],
    [[], { HOST: "[::1]" }, "HOST: must be a host's name or an IP address"],
    [['{ "server": { "host": "a\\u0000b" } }'], {}, "server.host: must be a host's name"],
    [['{ "metrics": { "host": "a\\u0000b" } }'], {}, "metrics.host: must be a host's name"],
    [[], { MODEL_ALIASES: "__proto__=m" }, "MODEL_ALIASES: __proto__ cannot be a name here"],
    [
      ['{ "upstreams": { "compatible": { "__proto__": { "baseUrl": "http://a" } } } }'],
      {},
      "upstreams.compatible.__proto__: __proto__ cannot be a name here",
    ],
    [['{ "__proto__": {} }'], {}, "__proto__ cannot be a name here"],
    [['{ "transport": { "caCerts": ["/etc/ca.pem"] } }'], {}, "caCerts[0]: must be a certificate"],
    [
      [
        '{ "transport": { "caCerts": ["-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"] } }',
      ],
      {},
      "caCerts[0]: must be a certificate",
    ],
    [[], { MODEL_ALIASES: "a=a" }, '"a" stands for its own name'],
    [[], { MODEL_ALIASES: "a=b,b=c,c=a" }, '"a" leads back to itself, through b and c'],
  ];
  for (const [lines, environment, told] of cases) {
    const problems = problemsOf(lines, { environment });
    assert(problems.includes(told), problems);
  }
});

Deno.test("readConfig() takes an alias that is one of its own targets, or leads to another alias", () => {
  const environment = { MODEL_ALIASES: "a=a|b,c=d,d=e,f=openai/f,constructor=toString" };
  assertEquals(Object.keys(read([], { environment }).config.routing.aliases).length, 5);
});
