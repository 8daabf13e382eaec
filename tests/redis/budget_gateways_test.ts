/** Two gateways that spend one budget through Redis. */

// deno-lint-ignore-file no-console -- The figures are part of what these tests tell.

import { assert, assertEquals } from "@std/assert";
import { hashOf } from "../../src/access/keys/key_form.ts";
import { CALL_USD, PRICES, spend, spendAll, sumOf } from "../end_to_end/money/spend.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type WorkingDirectory, workingDirectory } from "../support/working_directory.ts";
import { startRedis } from "./redis_server.ts";

const MAX_CALLS = 100;

const CONFIG = {
  prices: PRICES,
  auth: {
    keys: ["bounded", "unbounded"].map((name) => ({
      name,
      hash: hashOf(name),
      budget: { usd: 10, period: "month" },
    })),
  },
};

async function startGateway(redis: string, { path }: WorkingDirectory): Promise<Program> {
  const program = await startProgram({
    cwd: path,
    env: {
      WORKERS: "2",
      RATE_LIMIT_STORE: redis,
      RATE_LIMIT_REDIS_TIMEOUT_MS: "10000",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      RATE_LIMIT_ASSUMED_ANSWER_TOKENS: "1",
      MAX_CONCURRENT_REQUESTS: `${MAX_CALLS}`,
      MAX_QUEUED_REQUESTS: "1000",
      QUEUE_TIMEOUT_MS: "60000",
    },
  });
  await program.printed(/^(?:[^]*?"message":"limits are shared"){2}/);
  return program;
}

Deno.test("Two gateways with two threads each spend ten dollars to the last cent, and never one more", async () => {
  await using redis = await startRedis();
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(CONFIG) });
  await using left = await startGateway(redis.url, directory);
  await using right = await startGateway(redis.url, directory);
  const pair = [left, right];
  // Each may cost 8 cents and costs 5.
  const bursts = await spendAll(pair, "bounded", 500, 8);
  console.log(bursts.map(({ answers }) => JSON.stringify(answers)).join("\n"));
  const others = bursts.flatMap(({ answers }) => Object.keys(answers)).filter((answer) =>
    !["200", "429 budget_reserved", "402 budget_exceeded"].includes(answer)
  );
  assertEquals(others, []);
  let usd = sumOf(bursts);
  assert(usd <= 10.000_001, `${usd}`);
  while (await spend(right, "bounded", 5) === "200") usd += CALL_USD;
  assertEquals(usd.toFixed(2), "10.00");

  // Each reserves a cent and costs five.
  const over = await spendAll(pair, "unbounded", 500);
  console.log(over.map(({ answers }) => JSON.stringify(answers)).join("\n"));
  const overUsd = sumOf(over);
  assert(overUsd >= 10 && overUsd <= 10 + 2 * MAX_CALLS * CALL_USD, `${overUsd}`);
});
