/** What the admin API shows of calls, usage, budgets and the configuration, and changes of them. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Json, refusalOf } from "../../support/admin.ts";
import { eventsOfCall } from "../../support/admin_events.ts";
import { call, CONFIG, playSteps, type Steps } from "../../support/admin_scene.ts";

const STEPS: Steps = {
  "a key of the file is shown and changed there alone": async ({ ask }) => {
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
  },
  "teams and budgets are made, changed and taken away": async ({ ask }) => {
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
  },
  "calls in pages, by filters, by id": async ({ ask, calls }) => {
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
  },
  "usage by several groups, with the sum of all, and as CSV": async ({ ask }) => {
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
  },
  "the configuration in force, with where values come from": async ({ ask }) => {
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
  },
  "a file is checked, and put into force by a reload, which is remembered": async (
    { directory, ask },
  ) => {
    const wrong = (await ask("/config/check", { body: '{ "server": { "prot": 1 } }' })).json;
    assertEquals([wrong.ok, wrong.problems[0].place], [false, "pasted:1:15: server.prot"]);
    // A variable may be named where its value comes back in a message.
    for (const sign of ["$", "\\u0024"]) {
      const body = `{ "prices": { "file": "/nowhere/${sign}{ADMIN_API_KEY}" } }`;
      const [{ message }] = (await ask("/config/check", { body })).json.problems;
      assertStringIncludes(message, "/nowhere/${ADMIN_API_KEY} cannot be used");
    }
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
  },
  "events of a call as it runs": async ({ weir }) => {
    const work = async () => await (await call(weir, "openai/gpt-x")).text();
    const types = "call.started,call.attempt,call.ended";
    const events = await eventsOfCall(weir, work, types);
    assertEquals(events.map(({ type }) => type).filter((type) => type !== "call.attempt"), [
      "call.started",
      "call.ended",
    ]);
    assertEquals(events.at(-1)?.data.outcome, "upstream_error");
  },
};

Deno.test("the admin API shows what is, and changes it", (test) => playSteps(test, STEPS));
