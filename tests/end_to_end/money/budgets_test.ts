/** Budgets in dollars, of a process with two threads, under calls that come all at once. */

// deno-lint-ignore-file no-console -- The figures are part of what these tests tell.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { hashOf } from "../../../src/access/keys/key_form.ts";
import { ADMIN_ENV, adminOf } from "../../support/admin.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { CALL_USD, PRICES, spend, spendAll, sumOf } from "./spend.ts";

const MAX_CALLS = 200;

/** Keys whose names are their texts, each with ten dollars a month. */
const NAMES = ["bounded", "unbounded", "spent"];

const CONFIG = {
  prices: PRICES,
  auth: {
    keys: NAMES.map((name) => ({
      name,
      hash: hashOf(name),
      budget: { usd: name === "spent" ? 0 : 10, period: "month", timeZone: "Europe/Berlin" },
    })),
  },
  budgets: [{ scope: "all", usd: 15, period: "ever", mode: "soft" }],
};

/** `await using` ends it with the test. */
async function startGateway(): Promise<Program & AsyncDisposable> {
  const directory = await workingDirectory({ "weir.jsonc": JSON.stringify(CONFIG) });
  const program = await startProgram({
    cwd: directory.path,
    env: {
      WORKERS: "2",
      ...ADMIN_ENV,
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      MAX_CONCURRENT_REQUESTS: `${MAX_CALLS}`,
      MAX_QUEUED_REQUESTS: "1000",
      QUEUE_TIMEOUT_MS: "60000",
      RATE_LIMIT_ASSUMED_ANSWER_TOKENS: "1",
    },
  });
  return {
    ...program,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What each API's clients are told, on a key that may spend nothing. */
const REFUSALS: readonly (readonly [path: string, body: object, status: number, words: RegExp])[] =
  [
    ["/v1/chat/completions", { max_tokens: 5 }, 402, /"type":"insufficient_quota"/],
    ["/v1/chat/completions", { max_tokens: 5, stream: true }, 402, /"code":"budget_exceeded"/],
    ["/v1/messages", { max_tokens: 5 }, 402, /"type":"billing_error"/],
    ["/v1/responses", { max_output_tokens: 5, input: "Hello" }, 429, /"usage_limit_reached"/],
    ["/api/v1/inference", { prompt: "Hello" }, 402, /"code":402/],
    ["/api/chat", {}, 402, /^\{"error":"The/],
  ];

async function refusals(program: Program): Promise<void> {
  for (const [path, body, status, words] of REFUSALS) {
    const response = await fetch(program.url + path, {
      method: "POST",
      headers: { authorization: "Bearer spent", "content-type": "application/json" },
      body: JSON.stringify({
        model: "fake-model",
        messages: [{ role: "user", content: "Hello" }],
        ...body,
      }),
    });
    const text = await response.text();
    assertEquals(response.status, status, `${path}: ${text}`);
    assertEquals(response.headers.get("x-should-retry"), "false", path);
    assertMatch(text, words);
    assertMatch(text, /budget .*key:spent.* it renews at \d{4}-\d{2}-\d{2}/);
  }
}

/** Calls until so many were granted: each thread learns within 2 s of what was made or changed. */
async function spendGranted(program: Program, key: string, calls: number): Promise<void> {
  for (let granted = 0; granted < calls;) {
    const answer = await spend(program, key, 5);
    if (answer === "200") granted++;
  }
}

async function spendAtRunTime(program: Program): Promise<void> {
  const admin = adminOf(program);
  const budgetOf = (calls: number) => ({ usd: calls * CALL_USD, period: "ever" });
  const made = await admin("/keys", { body: { name: "made", budget: budgetOf(2) } });
  assertEquals(made.status, 201, made.text);
  const { id, key } = made.json;
  await spendGranted(program, key, 2);
  for (const _ of [1, 2, 3]) assertMatch(await spend(program, key, 5), /^40[12]/);
  const changed = await admin(`/keys/${id}`, { method: "PATCH", body: { budget: budgetOf(4) } });
  assertEquals(changed.status, 200, changed.text);
  await spendGranted(program, key, 2);
  for (const _ of [1, 2, 3]) assertEquals(await spend(program, key, 5), "402 budget_exceeded");
}

Deno.test("Ten dollars are spent to the last cent by two threads, and never one more", async () => {
  await using program = await startGateway();
  // Each may cost 8 cents and costs 5.
  const bursts = await spendAll([program], "bounded", 500, 8);
  for (const { answers } of bursts) {
    const others = Object.keys(answers).filter((answer) =>
      !["200", "429 budget_reserved", "402 budget_exceeded"].includes(answer)
    );
    assertEquals(others, []);
  }
  console.log(bursts.map(({ answers }) => JSON.stringify(answers)).join("\n"));
  assert(sumOf(bursts) > 10 - 0.08 && sumOf(bursts) <= 10.000_001, `${sumOf(bursts)}`);
  // What still fits exactly is granted.
  let usd = sumOf(bursts);
  while (await spend(program, "bounded", 5) === "200") usd += CALL_USD;
  assertEquals(usd.toFixed(2), "10.00");

  // Each reserves a cent and costs five.
  const over = await spendAll([program], "unbounded", 500);
  console.log(over.map(({ answers }) => JSON.stringify(answers)).join("\n"));
  const overUsd = sumOf(over);
  assert(overUsd >= 10 && overUsd <= 10 + MAX_CALLS * CALL_USD, `${overUsd}`);

  await refusals(program);
  await spendAtRunTime(program);
  const response = await fetch(`${program.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer bounded", "content-type": "application/json" },
    body: JSON.stringify({ model: "fake-model", messages: [] }),
  });
  await response.body?.cancel();
  const metrics = await (await fetch(`${program.url}/metrics`, {
    headers: { authorization: "Bearer bounded" },
  })).text();
  assertMatch(metrics, /weir_budget_spent_usd\{budget="key:bounded",scope="key"\} 10\n/);
  assertMatch(metrics, /weir_budget_limit_usd\{budget="key:bounded",scope="key"\} 10\n/);
});

/** Resolves once the ledger has so many calls. */
async function written(program: Program, calls: number): Promise<void> {
  await until(async () => {
    const { json: usage } = await adminOf(program)("/usage?group=key", { key: null });
    return usage.total.calls >= calls;
  });
}

Deno.test("A budget goes on where it was after a restart, whatever the process was ended by", async () => {
  const config = {
    prices: PRICES,
    auth: { keys: [{ name: "key", hash: hashOf("key"), budget: { usd: 0.6, period: "month" } }] },
  };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config) });
  const start = () => startProgram({ cwd: directory.path, env: { STATE: "state" } });
  let granted = 0;
  for (const signal of ["SIGTERM", "SIGKILL", undefined] as const) {
    await using program = await start();
    for (let call = 0; call < 4; call++) {
      assertEquals(await spend(program, "key", 5), "200", `${granted}`);
      granted++;
    }
    if (signal !== undefined) {
      if (signal === "SIGKILL") await written(program, granted);
      await program.stop(signal);
      continue;
    }
    assertEquals(await spend(program, "key", 5), "402 budget_exceeded");
  }
  assertEquals((granted * CALL_USD).toFixed(2), "0.60");
});
