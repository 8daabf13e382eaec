/**
 * Every setting of an upstream changes what its provider receives, or what becomes of its answer. What shows in a
 * request as it is described is tried without a program: `tests/providers/settings_test.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { JsonValue } from "../../../src/core/text/json.ts";
import { PROVIDER_VARIABLES } from "../../../src/providers/registry.ts";
import { TRIED_VARIABLES } from "../../providers/settings/tables.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startPlain } from "../../support/providers/plain.ts";
import type { StandIn } from "../../support/providers/stand_in.ts";
import { PROVIDERS, type Setting } from "./provider_settings.ts";

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

const VARIABLES: ReadonlySet<string> = new Set(PROVIDER_VARIABLES.map(([name]) => name));
const TRIED: ReadonlySet<string> = new Set(TRIED_VARIABLES.map(asNamed));

/** The addresses and keys of all kinds, under a name of the operator's own where they have one. */
const ACCOUNTS = [...VARIABLES]
  .filter((name) => name.endsWith("_BASE_URL") && !TRIED.has(name))
  .map((name) => ({ baseUrl: name, apiKey: name.replace(/BASE_URL$/, "API_KEY") }));
/** Headers that keys are sent in where that is not `authorization`. */
const KEY_HEADERS: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: "x-api-key",
  GEMINI_API_KEY: "x-goog-api-key",
};

/** As the table of variables has it. */
function asNamed(variable: string): string {
  return variable.replace("UPSTREAM_LOCAL_", "UPSTREAM_<NAME>_");
}

for (const { baseUrl, apiKey } of ACCOUNTS) {
  const hasKey = VARIABLES.has(apiKey);
  Deno.test(`${baseUrl}${hasKey ? ` and ${apiKey} are` : " is"} obeyed`, async () => {
    await using standIn = startPlain();
    const env = { [baseUrl]: standIn.origin, ...(hasKey && { [apiKey]: "key-1" }) };
    await using weir = await startProgram({
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name.replace("<NAME>", "LOCAL"), value]),
      ),
    });
    const keyHeader = KEY_HEADERS[apiKey];
    const seen = await look(weir, standIn, {
      look: ({ request }) => request?.headers.get(keyHeader ?? "authorization") ?? null,
    });
    const sent = keyHeader === undefined ? "Bearer key-1" : "key-1";
    assertEquals(seen, hasKey ? sent : null);
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

Deno.test("no setting of an upstream is without its test", () => {
  const tried = new Set([
    "CHATJIMMY",
    ...TRIED,
    ...ACCOUNTS.flatMap(({ baseUrl, apiKey }) => [baseUrl, apiKey]),
    ...Object.values(PROVIDERS).flatMap(({ settings }) =>
      settings.map(({ variable }) => asNamed(variable))
    ),
  ]);
  assertEquals([...VARIABLES].filter((name) => !tried.has(name)), []);
});
