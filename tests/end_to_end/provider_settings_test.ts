/** Every setting of an upstream changes what its provider receives, or what becomes of its answer. */

import { assertEquals } from "@std/assert";
import type { JsonValue } from "../../src/core/text/json.ts";
import { PRESET_VARIABLES } from "../../src/providers/presets/preset_kind.ts";
import { PROVIDER_VARIABLES } from "../../src/providers/registry.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startPlain } from "../support/providers/plain.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { header, PROVIDERS, type Setting } from "./provider_settings.ts";

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

/** Those of upstreams of one's own that are tried by themselves. */
const OF_ONES_OWN = /^UPSTREAM_<NAME>_(?!(BASE_URL|API_KEY|STREAM_USAGE|FORMATS)$)/;
/** Those of presets are alike, and tried where those are; lists of keys are where keys take turns. */
const OWN_VARIABLES = PROVIDER_VARIABLES.map(([name]) => name)
  .filter((name) =>
    !PRESET_VARIABLES.has(name) && !name.endsWith("_API_KEYS") && !OF_ONES_OWN.test(name)
  );
/** The addresses and keys of all kinds, under a name of the operator's own where they have one. */
const ACCOUNTS = OWN_VARIABLES
  .filter((name) => name.endsWith("_BASE_URL"))
  .map((name) => ({ baseUrl: name, apiKey: name.replace(/BASE_URL$/, "API_KEY") }));

for (const { baseUrl, apiKey } of ACCOUNTS) {
  const hasKey = OWN_VARIABLES.includes(apiKey);
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

Deno.test("no setting of an upstream is without its test here", () => {
  const tested = new Set([
    "CHATJIMMY",
    ...ACCOUNTS.flatMap(({ baseUrl, apiKey }) => [baseUrl, apiKey]),
    ...Object.values(PROVIDERS).flatMap(({ settings }) =>
      settings.map(({ variable }) => variable.replace("UPSTREAM_LOCAL_", "UPSTREAM_<NAME>_"))
    ),
  ]);
  assertEquals(OWN_VARIABLES.filter((name) => !tested.has(name)), []);
});
