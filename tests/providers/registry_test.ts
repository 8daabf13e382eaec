import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/problems/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { createProviders, needsFake } from "../../src/providers/registry.ts";
import { providerOf, providersOf } from "./providers_of.ts";

const ALL = {
  ANTHROPIC_API_KEY: "a",
  CHATJIMMY: "on",
  UPSTREAM_ZETA_BASE_URL: "http://zeta.example",
  UPSTREAM_ALPHA_BASE_URL: "http://alpha.example",
  VENICE_API_KEY: "v",
  OPENROUTER_API_KEY: "r",
  OPENAI_API_KEY: "o",
};

function namesOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const options = readConfig({ environment }).config.upstreams;
  const fake = needsFake(options) ? "http://127.0.0.1:1" : undefined;
  return createProviders(options, fake).map(({ name }) => name);
}

Deno.test("upstreams come in one order, however they were named, and a default goes first", () => {
  const order = ["openai", "openrouter", "venice", "alpha", "zeta", "chatjimmy"];
  assertEquals(namesOf(ALL), [...order, "anthropic"]);
  // A shell may hold Anthropic's key for other programs: it takes no default over.
  const all = [...order, "fake", "anthropic"];
  assertEquals(namesOf({ ...ALL, FAKE: "on" }), all);
  for (const name of all) {
    const rest = all.filter((other) => other !== name);
    assertEquals(namesOf({ ...ALL, FAKE: "on", DEFAULT_UPSTREAM: name }), [name, ...rest]);
  }
});

Deno.test("upstreams of the operator's own come in the order of the file, and those of variables by name", () => {
  const text = `{"upstreams":{"compatible":{
    "zeta": {"baseUrl":"http://z"}, "mid": {"baseUrl":"http://m"}, "alpha": {"baseUrl":"http://a"}
  }}}`;
  const options = readConfig({
    file: { path: "weir.jsonc", text },
    environment: {
      UPSTREAM_YY_BASE_URL: "http://y",
      UPSTREAM_A_B_BASE_URL: "http://b",
      UPSTREAM_MID_API_KEY: "k",
      UPSTREAM_A_BASE_URL: "http://a",
      UPSTREAM_A2_BASE_URL: "http://a2",
    },
  }).config.upstreams;
  const names = createProviders(options, undefined).map(({ name }) => name);
  assertEquals(names, ["zeta", "mid", "alpha", "a", "a2", "a_b", "yy"]);
});

Deno.test("the fake LLM is on by itself only where nothing else is", () => {
  assertEquals(namesOf({}), ["fake"]);
  for (const [name, value] of Object.entries(ALL)) {
    assertEquals(namesOf({ [name]: value }).includes("fake"), false, name);
  }
  assertEquals(namesOf({ DEFAULT_UPSTREAM: "fake" }), ["fake"]);
});

Deno.test("a key or an address switches a provider on; only a key can be spent", () => {
  const cases = [
    [{ OPENAI_API_KEY: "k" }, "https://api.openai.com/v1", "OPENAI_API_KEY is set", true],
    [{ OPENAI_BASE_URL: "http://h" }, "http://h/v1", "OPENAI_BASE_URL is set", false],
    [
      { OPENROUTER_API_KEY: "k" },
      "https://openrouter.ai/api/v1",
      "OPENROUTER_API_KEY is set",
      true,
    ],
    [{ VENICE_API_KEY: "k" }, "https://api.venice.ai/api/v1", "VENICE_API_KEY is set", true],
    [
      { ANTHROPIC_API_KEY: "k" },
      "https://api.anthropic.com/v1",
      "ANTHROPIC_API_KEY is set",
      true,
    ],
    [
      { ANTHROPIC_AUTH_TOKEN: "k", ANTHROPIC_BASE_URL: "http://h/anthropic/" },
      "http://h/anthropic/v1",
      "ANTHROPIC_AUTH_TOKEN is set",
      true,
    ],
    [
      { ANTHROPIC_BASE_URL: "http://h/v1/messages" },
      "http://h/v1",
      "ANTHROPIC_BASE_URL is set",
      false,
    ],
    [{ UPSTREAM_A_BASE_URL: "http://h" }, "http://h/v1", "UPSTREAM_A_BASE_URL is set", false],
    [
      { UPSTREAM_A_BASE_URL: "http://h", UPSTREAM_A_API_KEY: "k" },
      "http://h/v1",
      "UPSTREAM_A_BASE_URL is set",
      true,
    ],
    [{ CHATJIMMY: "on" }, "https://chatjimmy.ai", "CHATJIMMY is on", false],
    [{ CHATJIMMY_BASE_URL: "http://h/" }, "http://h", "CHATJIMMY_BASE_URL is set", false],
  ] as const;
  for (const [environment, target, reason, isMetered] of cases) {
    const provider = providerOf(environment);
    assertEquals([provider.target, provider.reason, provider.isMetered], [
      target,
      reason,
      isMetered,
    ]);
  }
});

Deno.test("Venice's address in OPENAI_BASE_URL means Venice, with either key", () => {
  for (const address of ["https://api.venice.ai/api/v1", "https://API.venice.ai"]) {
    const cases = [
      [{}, undefined],
      [{ OPENAI_API_KEY: "o" }, "Bearer o"],
      [{ VENICE_API_KEY: "v" }, "Bearer v"],
      [{ OPENAI_API_KEY: "o", VENICE_API_KEY: "v" }, "Bearer v"],
    ] as const;
    for (const [keys, authorization] of cases) {
      const providers = providersOf({ OPENAI_BASE_URL: address, ...keys });
      assertEquals(providers.map(({ name }) => name), ["venice"]);
      assertEquals(providers[0]?.target, "https://api.venice.ai/api/v1");
      assertEquals(providers[0]?.reason, "OPENAI_BASE_URL is Venice's");
      const headers = new Map(providers[0]?.prepareModels("1")?.headers);
      assertEquals(headers.get("authorization"), authorization);
    }
  }
  const elsewhere = { OPENAI_BASE_URL: "https://api.venice.ai.example/v1", OPENAI_API_KEY: "o" };
  assertEquals(providerOf(elsewhere).name, "openai");
});

Deno.test("names that are taken or not on stop the start, and say what there is", () => {
  const cases = [
    [{ UPSTREAM_OPENAI_BASE_URL: "http://h" }, "UPSTREAM_OPENAI_BASE_URL", "is taken"],
    [{ UPSTREAM_FAKE_BASE_URL: "http://h" }, "UPSTREAM_FAKE_BASE_URL", "is taken"],
    [{ FAKE: "off" }, "FAKE", "no other upstream is on"],
    [{ DEFAULT_UPSTREAM: "venice" }, "DEFAULT_UPSTREAM", "these are: fake"],
    [
      { DEFAULT_UPSTREAM: "fake", OPENAI_API_KEY: "k" },
      "DEFAULT_UPSTREAM",
      "these are: openai",
    ],
  ] as const;
  for (const [environment, variable, says] of cases) {
    const { message } = assertThrows(() => readConfig({ environment }), ConfigError);
    assert(message.startsWith(`${variable}: `), message);
    assertStringIncludes(message, says);
  }
});

Deno.test("no address holds a secret: it is shown to whoever asks for the health", () => {
  for (const name of ["OPENAI", "OPENROUTER", "VENICE", "CHATJIMMY", "UPSTREAM_A"]) {
    for (const address of ["http://user:secret@h/v1", "http://secret@h"]) {
      const { message } = assertThrows(
        () => readConfig({ environment: { [`${name}_BASE_URL`]: address } }),
        ConfigError,
      );
      assertStringIncludes(message, `${name}_BASE_URL: must not hold a user or a password`);
      assert(!message.includes("secret"));
    }
    const { target } = providerOf({ [`${name}_BASE_URL`]: "http://h/x?token=secret#secret" });
    assertEquals(target, "http://h/x");
  }
});
