/** Two machines on one Postgres: what is made on one is in force on the other. */

import { assert, assertEquals } from "@std/assert";
import { ADMIN_ENV, adminOf } from "../support/admin.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startPostgres } from "./postgres_server.ts";

/** From the answer that says it is made to when it must be in force everywhere. */
const MAX_AGE_MS = 2_000;

async function statusWith({ url }: Program, key: string): Promise<number> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "fake", messages: [{ role: "user", content: "Hi" }] }),
  });
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
    ...ADMIN_ENV,
    PROXY_API_KEY: "a-key-of-the-file-that-nobody-guesses",
    RATE_LIMIT_ENABLED: "false",
  };
  await using here = await startProgram({ env });
  await using there = await startProgram({ env });
  const made = await adminOf(here)("/keys", { body: { name: "web" } });
  assertEquals(made.status, 201);
  const { id, key } = made.json;
  assertEquals(await statusWith(here, key), 200);
  const seenMs = await oldestOther(there, key, 200);
  assert(seenMs <= MAX_AGE_MS, `unknown after ${seenMs} ms`);

  const withdrawn = await adminOf(there)(`/keys/${id}`, { method: "DELETE" });
  assertEquals(withdrawn.status, 200);
  const goneMs = await oldestOther(here, key, 401);
  assert(goneMs <= MAX_AGE_MS, `known after ${goneMs} ms`);

  // Both write into one ledger.
  await here.stop();
  await there.stop();
  await using again = await startProgram({ env });
  const { json, text } = await adminOf(again)("/usage?group=key");
  const web = json.data.find(({ key }: { key: string }) => key === "web");
  assert(web?.calls >= 2, text);
});
