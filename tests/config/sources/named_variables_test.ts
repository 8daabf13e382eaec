import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../../src/config/problems/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";

const CHAT = ["chat"] as const;
const ADDRESS = "must be a web address such as https://api.example.com/v1";

Deno.test("readConfig() reads variables that hold a name, several at once", () => {
  const environment = {
    UPSTREAM_ACME_BASE_URL: "https://api.acme.example/openai/v1",
    UPSTREAM_ACME_API_KEY: "key",
    "UPSTREAM_My-LLM_2_BASE_URL": "http://127.0.0.1:8000",
    "UPSTREAM_My-LLM_2_STREAM_USAGE": "off",
    "UPSTREAM_My-LLM_2_FORMATS": "responses, chat",
    UPSTREAM_API_KEY_BASE_URL: "http://127.0.0.1:8001",
    UPSTREAM_CONSTRUCTOR_BASE_URL: "http://127.0.0.1:8002",
    UPSTREAM_EMPTY_FOO: " ",
  };
  const { compatible } = readConfig({ environment }).config.upstreams;
  assertEquals(compatible, {
    acme: {
      baseUrl: "https://api.acme.example/openai/v1",
      apiKey: "key",
      streamUsage: "on",
      tools: "native" as const,
      formats: [...CHAT],
    },
    "my-llm_2": {
      baseUrl: "http://127.0.0.1:8000",
      streamUsage: "off",
      tools: "native" as const,
      formats: ["responses" as const, ...CHAT],
    },
    api_key: {
      baseUrl: "http://127.0.0.1:8001",
      streamUsage: "on",
      tools: "native" as const,
      formats: [...CHAT],
    },
    constructor: {
      baseUrl: "http://127.0.0.1:8002",
      streamUsage: "on" as const,
      tools: "native" as const,
      formats: [...CHAT],
    },
  });
});

Deno.test("readConfig() names each variable at fault, in the operator's own words", () => {
  const forms =
    "UPSTREAM_<NAME>_BASE_URL, UPSTREAM_<NAME>_API_KEY, UPSTREAM_<NAME>_STREAM_USAGE, UPSTREAM_<NAME>_FORMATS, UPSTREAM_<NAME>_TOOLS";
  const cases = [
    [{ UPSTREAM_X_FOO: "1" }, `UPSTREAM_X_FOO: there is no such setting; there are ${forms}`],
    [{ UPSTREAM_BASE_URL: "http://h" }, /^UPSTREAM_BASE_URL: there is no such setting/],
    [{ "UPSTREAM_Ä_BASE_URL": "http://h" }, /^UPSTREAM_Ä_BASE_URL: there is no such setting/],
    [{ UPSTREAM___PROTO___BASE_URL: "http://h" }, /^UPSTREAM___PROTO___BASE_URL: there is no such/],
    [
      { UPSTREAM_X_API_KEY: "secret" },
      "UPSTREAM_X_BASE_URL: must be set: it is the upstream's address",
    ],
    [{ UPSTREAM_X_BASE_URL: "secret" }, `UPSTREAM_X_BASE_URL: ${ADDRESS}`],
    [
      { UPSTREAM_X_BASE_URL: "http://h", UPSTREAM_X_STREAM_USAGE: "maybe", PORT: "eighty" },
      /^PORT: .+\nUPSTREAM_X_STREAM_USAGE: .+$/,
    ],
    [
      { UPSTREAM_X_BASE_URL: "no", OPENAI_BASE_URL: "no", DEFAULT_UPSTREAM: "x" },
      `OPENAI_BASE_URL: ${ADDRESS}\nUPSTREAM_X_BASE_URL: ${ADDRESS}`,
    ],
    [{ VENICE_DROP_FIELDS: `a,${"b".repeat(300)}` }, /^VENICE_DROP_FIELDS: .+$/],
  ] as const;
  for (const [environment, expected] of cases) {
    const { message } = assertThrows(
      () => readConfig({ environment: environment as Record<string, string> }),
      ConfigError,
    );
    if (typeof expected === "string") assertEquals(message, expected);
    else assertEquals(expected.test(message), true, message);
    assertEquals(message.includes("secret"), false);
  }
});
