/** Which options of providers are held against Weir's own keys and its address. */

import { assert, assertEquals } from "@std/assert";
import { isKeyOption } from "../../src/config/leads_back.ts";
import { optionTree, secretPaths } from "../../src/config/option_tree.ts";
import { ConfigError } from "../../src/config/problems/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { PROVIDER_VARIABLES } from "../../src/providers/registry.ts";

function problemsOf(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig({ environment });
    return "";
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
}

Deno.test("every secret of a provider is held against Weir's own keys", () => {
  const keys = PROVIDER_VARIABLES.filter(([name]) => /_API_KEYS?$|_AUTH_TOKEN$/.test(name));
  const values = Object.fromEntries(
    keys.map(([name]) => [name.replace("<NAME>", "A"), "sk-of-a-provider"]),
  );
  assert(keys.length > 1);
  const { config } = readConfig({
    environment: { ...values, UPSTREAM_A_BASE_URL: "http://h" },
  });
  const secrets = secretPaths(config, optionTree());
  assertEquals(secrets.length, keys.length);
  assertEquals(secrets.filter((path) => !isKeyOption(path)), []);
});

Deno.test("an address is Weir's own by host and port", () => {
  const cases = [
    ["0.0.0.0", "http://localhost:3000", true],
    ["0.0.0.0", "http://127.0.0.2:3000/v1", true],
    ["0.0.0.0", "https://127.0.0.1:3000", true],
    ["0.0.0.0", "http://[::1]:3000", false],
    ["::", "http://[::1]:3000", true],
    ["::1", "http://127.0.0.1:3000", false],
    ["10.0.0.5", "http://10.0.0.5:3000", true],
    ["10.0.0.5", "http://127.0.0.1:3000", false],
    ["gateway.example", "http://GATEWAY.example:3000", true],
    ["0.0.0.0", "http://127.0.0.1:3001", false],
    ["0.0.0.0", "http://127.0.0.1", false],
    ["0.0.0.0", "http://elsewhere.example:3000", false],
  ] as const;
  for (const [HOST, OPENAI_BASE_URL, isOwn] of cases) {
    const problems = problemsOf({ HOST, OPENAI_BASE_URL, PORT: "3000" });
    assertEquals([HOST, OPENAI_BASE_URL, problems.startsWith("OPENAI_BASE_URL: ")], [
      HOST,
      OPENAI_BASE_URL,
      isOwn,
    ]);
  }
});
