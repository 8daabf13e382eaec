/** The log: a line for each call, and what can be asked of an answer itself. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import { ask, twoTargets, withoutTags } from "../../support/two_targets.ts";
import { startWeirWithoutLimits } from "../../support/without_limits.ts";

/** The last line about a call, or another request, with this id. */
async function lineOf(weir: Program, requestId: string): Promise<Record<string, unknown>> {
  const [line] = await weir.printed(
    new RegExp(`^\\{.*"message":"(?:call|request)".*"request_id":"${requestId}".*$`, "m"),
  );
  return JSON.parse(line);
}

async function chat(
  weir: Program,
  { id, model = "any-model", prompt = "hello" }: {
    readonly id: string;
    readonly model?: string;
    readonly prompt?: string;
  },
): Promise<Response> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": id },
    body: JSON.stringify({ model, messages: [{ role: "user", content: prompt }] }),
  });
  await response.body?.cancel();
  return response;
}

Deno.test("one id goes with a request: the client's own where it can be one, through to the provider", async () => {
  await using provider = startProvider();
  await using weir = await startWeirWithoutLimits(provider);
  const own = await chat(weir, { id: "trace.me:1" });
  assertEquals(own.headers.get("x-request-id"), "trace.me:1");
  assertEquals(provider.requests.at(-1)?.headers.get("x-request-id"), "trace.me:1");
  assertEquals((await lineOf(weir, "trace.me:1")).outcome, "complete");
  const made = await chat(weir, { id: 'no {"id"}' });
  const id = made.headers.get("x-request-id") ?? "";
  assertMatch(id, /^[0-9a-f-]{36}$/);
  assertEquals(provider.requests.at(-1)?.headers.get("x-request-id"), id);
  assertEquals((await lineOf(weir, id)).status, 200);
});

Deno.test("a line tells the model asked and served, the tokens, and what the provider charged", async () => {
  await using openrouter = startOpenrouter();
  await using weir = await startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: openrouter.origin },
  });
  await chat(weir, { id: "charged", model: "openrouter/auto" });
  const line = await lineOf(weir, "charged");
  assertEquals([line.upstream, line.model, line.outcome], [
    "openrouter",
    "openrouter/auto",
    "complete",
  ]);
  assertEquals(typeof line.served_model, "string");
  assertEquals([line.input_tokens, line.output_tokens, line.cost], [11, 3, 0.0000575]);
  assert(Number(line.overhead_us) > 0);
  assert(Number(line.overhead_us) <= Number(line.duration_ms) * 1000);
});

Deno.test("LOG_SAMPLE=0 leaves complete calls out, and no other", async () => {
  await using provider = startProvider();
  await using weir = await startWeirWithoutLimits(provider, { LOG_SAMPLE: "0" });
  await chat(weir, { id: "complete" });
  await chat(weir, { id: "failed", prompt: "[500]" });
  assertEquals((await lineOf(weir, "failed")).outcome, "upstream_error");
  assertEquals(weir.output().includes('"complete"'), false);
});

Deno.test("LOG_FORMAT=text writes lines for people", async () => {
  await using weir = await startProgram({ env: { LOG_FORMAT: "text", TZ: "UTC" } });
  await chat(weir, { id: "for-people", model: "two words" });
  await weir.printed(
    /^\d\d:\d\d:\d\d\+00:00 200 two words fake \d+ ms \d+\+\d+ tokens \$0\.00 complete$/m,
  );
});

Deno.test("EXPLAIN=on tells in the answer where its time went and what failed before", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  const env = twoTargets(first, second);
  {
    await using weir = await startProgram({ env: { ...env, EXPLAIN: "on" } });
    const { headers } = await ask(weir, "both", "[500]", true);
    assertMatch(
      headers.get("server-timing") ?? "",
      /^queue;dur=0\.0, overhead;dur=\d+\.\d{3}, upstream;dur=\d+\.\d;desc="second"$/,
    );
    assertEquals(headers.get("x-weir-failed-targets"), "first/model 500 upstream_error");
    const refused = await ask(weir, "both", "[400]");
    assertMatch(refused.headers.get("server-timing") ?? "", /upstream;dur=/);
    assertEquals(refused.headers.get("x-weir-attempts"), "1");
  }
  await using weir = await startProgram({ env });
  const { headers } = await ask(weir, "both", "[500]");
  assertEquals([headers.get("x-weir-attempts"), headers.get("x-weir-upstream")], ["2", "second"]);
  assertEquals(headers.get("server-timing") ?? headers.get("x-weir-failed-targets"), null);
});
