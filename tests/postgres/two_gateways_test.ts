/** Two machines on one Postgres: what is made on one is in force on the other. */

import { assert, assertEquals } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { startPostgres } from "./postgres_server.ts";

const ADMIN_KEY = "an-admin-key-that-nobody-guesses";
/** From the answer that says it is made to when it must be in force everywhere. */
const MAX_AGE_MS = 2_000;

function ask(
  url: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${url}${path}`, { method, headers, ...given });
}

async function statusWith(machine: Program, key: string): Promise<number> {
  const body = { model: "fake", messages: [{ role: "user", content: "Hi" }] };
  const answer = await ask(machine.url, key, "POST", "/v1/chat/completions", body);
  await answer.body?.cancel();
  return answer.status;
}

/** Asks until the status comes, and says how long after the change the last other one was asked for. */
async function oldestOther(machine: Program, key: string, wanted: number): Promise<number> {
  const sinceMs = performance.now();
  for (let oldestMs = 0;;) {
    const askedMs = performance.now() - sinceMs;
    if (await statusWith(machine, key) === wanted) return oldestMs;
    oldestMs = askedMs;
    if (askedMs > 10 * MAX_AGE_MS) return oldestMs;
  }
}

Deno.test("a key that is made, and one that is withdrawn, is so on both machines within two seconds", async () => {
  await using server = await startPostgres();
  const env = {
    STATE: await server.database(),
    ADMIN_API_KEY: ADMIN_KEY,
    PROXY_API_KEY: "a-key-of-the-file-that-nobody-guesses",
    RATE_LIMIT_ENABLED: "false",
  };
  await using here = await startProgram({ env });
  await using there = await startProgram({ env });
  const made = await ask(here.url, ADMIN_KEY, "POST", "/admin/v1/keys", { name: "web" });
  assertEquals(made.status, 201);
  const { id, key } = await made.json();
  assertEquals(await statusWith(here, key), 200);
  const seenMs = await oldestOther(there, key, 200);
  assert(seenMs <= MAX_AGE_MS, `unknown after ${seenMs} ms`);

  const withdrawn = await ask(there.url, ADMIN_KEY, "DELETE", `/admin/v1/keys/${id}`);
  await withdrawn.body?.cancel();
  assert(withdrawn.ok, `${withdrawn.status}`);
  const goneMs = await oldestOther(here, key, 401);
  assert(goneMs <= MAX_AGE_MS, `known after ${goneMs} ms`);

  // Both write into one ledger.
  await here.stop();
  await there.stop();
  await using again = await startProgram({ env });
  const usage = await ask(again.url, ADMIN_KEY, "GET", "/admin/v1/usage?group=key");
  const text = await usage.text();
  const web = JSON.parse(text).data.find(({ key }: { key: string }) => key === "web");
  assert(web?.calls >= 2, text);
});
