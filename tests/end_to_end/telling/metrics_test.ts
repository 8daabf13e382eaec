/** `/metrics`: every call is counted once, by how it ended, in series that no client can make more of. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { readMetrics } from "../../support/metrics.ts";
import { openSocket } from "../../support/socket_client.ts";
import { ask, post, twoTargets, withoutTags } from "../../support/two_targets.ts";
import { startWeirWithoutLimits } from "../../support/without_limits.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const NO_LIMIT = { RATE_LIMIT_V1_MAX_REQUESTS: "0" };

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const { status, body } = await fetch(url, init);
  await body?.cancel();
  return status;
}

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

Deno.test("the sums are those of the calls that were made, however they ended", async () => {
  await using provider = startProvider();
  await using weir = await startWeirWithoutLimits(provider, {
    IDLE_TIMEOUT_MS: "1500",
    FIRST_CONTENT_TIMEOUT_MS: "1500",
  });
  const model = "any-model";
  const asks = [
    { content: "hello", outcome: "complete" },
    { content: "[500]", outcome: "upstream_error" },
    { content: "[429]", outcome: "upstream_error" },
    { content: "[cut=3]", outcome: "truncated" },
    { content: "[error=3]", outcome: "upstream_error" },
    { content: "[stall=3]", outcome: "timeout" },
  ];
  const made: string[] = [];
  await Promise.all(asks.map(async ({ content, outcome }) => {
    await ask(weir, model, content, true);
    made.push(outcome);
  }));
  for (let call = 0; call < 3; call++) {
    await ask(weir, model, "hello");
    made.push("complete");
  }

  const gone = await post(weir, { model, content: "[tokens=1000] [pace=20]", stream: true });
  await gone.body?.cancel();
  made.push("client_gone");
  await weir.printed(/"outcome":"client_gone"/);

  await using socket = await openSocket(weir.url);
  socket.ask("one", "hello");
  socket.ask("two", "[500]");
  await Promise.all([socket.ended("one"), socket.ended("two")]);
  made.push("complete", "upstream_error");
  // None of these is a call.
  const others = [
    await statusOf(`${weir.url}/v1/models`),
    await statusOf(`${weir.url}/nowhere`),
    await statusOf(`${weir.url}/v1/chat/completions`, { method: "POST", body: "{" }),
  ];
  assertEquals(others, [200, 404, 415]);

  const metrics = await readMetrics(weir.url);
  assertEquals(metrics.sum("weir_calls_total"), made.length);
  for (const outcome of new Set(made)) {
    const count = made.filter((each) => each === outcome).length;
    assertEquals(metrics.sum("weir_calls_total", { outcome }), count, outcome);
  }
  const name = "gen_ai_server_request_duration_seconds_count";
  assertEquals(metrics.sum(name), made.length, "each of them went upstream");
  assertEquals(metrics.sum(name, { error_type: "timeout" }), 1);
  assertEquals(metrics.sum("weir_upstream_attempts_total"), made.length);
  assertEquals(metrics.sum("weir_upstream_attempts_total", { status: "500" }), 2);
  assertEquals(metrics.sum("weir_calls_total", { surface: "websocket" }), 2);
  assertEquals(metrics.sum("weir_websocket_connections"), 1);
  // Those three, and the upgrade.
  assertEquals(metrics.sum("weir_other_requests_total"), 4);
  assertEquals(metrics.sum("weir_other_requests_total", { status: "4xx" }), 2);
  assertEquals(metrics.sum("weir_requests_in_flight"), 0);
  assertEquals(metrics.sum("weir_unhandled_errors_total"), 0);
});

Deno.test("tokens and times are counted, with what upstreams say of them", async () => {
  await using provider = startProvider();
  await using weir = await startWeirWithoutLimits(provider);
  for (const stream of [true, false]) await ask(weir, "any-model", "[tokens=20]", stream);
  const metrics = await readMetrics(weir.url);
  const labels = { gen_ai_request_model: "fake-model", gen_ai_provider_name: "openai" };
  const output = { ...labels, gen_ai_token_type: "output" };
  assertEquals(metrics.sum("gen_ai_client_token_usage_sum", output), 40);
  assertEquals(metrics.sum("gen_ai_client_token_usage_count", output), 2);
  // Only a stream has a first token, and a pace.
  const streamed = ["time_to_first_token", "time_per_output_token"].map((time) =>
    metrics.sum(`gen_ai_server_${time}_seconds_count`, labels)
  );
  assertEquals(streamed, [1, 1]);
  assertEquals(metrics.sum("weir_call_overhead_seconds_count"), 2);
  assert(metrics.sum("process_resident_memory_bytes") > 10_000_000);
  assert(metrics.sum("process_cpu_seconds_total") > 0);
  assertEquals(metrics.sum("weir_build_info"), 1);
});

Deno.test("invented models, paths and ids make no series beyond the bound", async () => {
  await using provider = startProvider();
  await using weir = await startWeirWithoutLimits(provider, NO_LIMIT);
  const flood = async (round: string): Promise<number> => {
    for (let batch = 0; batch < 6; batch++) {
      await Promise.all(Array.from({ length: 20 }, async (_, index) => {
        const name = `${round}-${batch}-${index}`;
        await ask(weir, `model-${name}`, "hello");
        await ask(weir, `failing-${name}`, "[500]");
        await statusOf(`${weir.url}/path-${name}`, { headers: { "x-request-id": name } });
      }));
    }
    return (await readMetrics(weir.url)).samples.length;
  };
  const before = await flood("first");
  const after = await flood("second");
  assertEquals(after, before, "120 more models made more series");
  const metrics = await readMetrics(weir.url);
  const models = new Set(metrics.samples.map(({ labels }) => labels.gen_ai_request_model));
  models.delete(undefined!);
  // The name in the answers, since nobody but the client knows the others.
  assertEquals([...models].sort(), ["fake-model", "other"]);
  assertEquals(metrics.sum("weir_calls_total"), 480);
  assert(!/failing-|path-|model-first|second-/.test(metrics.text));
  const others = { gen_ai_request_model: "other" };
  assertEquals(metrics.sum("gen_ai_server_request_duration_seconds_count", others), 240);
});

Deno.test("a name that an alias, a list or an answer has is a label, of the first hundred", async () => {
  const aliases = Array.from({ length: 120 }, (_, index) => `alias-${index}`);
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      UPSTREAM_ONE_BASE_URL: provider.baseUrl,
      MODEL_ALIASES: aliases.map((name) => `${name}=one/fake-model`).join(","),
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
    },
  });
  await (await fetch(`${weir.url}/v1/models`)).text();
  await ask(weir, "fake-model", "hello");
  await ask(weir, "one/fake-model", "hello");
  await ask(weir, "nobody-knows", "hello");
  for (const name of aliases) await ask(weir, name, "hello");
  const metrics = await readMetrics(weir.url);
  const count = (gen_ai_request_model: string) =>
    metrics.sum("gen_ai_server_request_duration_seconds_count", { gen_ai_request_model });
  // That nobody knows is counted by what the answer says.
  const names = ["fake-model", "one/fake-model", "nobody-knows", "alias-0", "alias-97"];
  assertEquals([...names, "alias-98", "other"].map(count), [2, 1, 0, 1, 1, 0, 22]);
});

Deno.test("retries, fallbacks, limits and targets that are left out show", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  const env = twoTargets(first, second, { RATE_LIMIT_V1_MAX_REQUESTS: "2" });
  await using weir = await startProgram({ env });
  assertEquals((await ask(weir, "both", "[429] [retry-after=3600]")).upstream, "second");
  assertEquals((await ask(weir, "both", "hello")).upstream, "second");
  assertEquals((await ask(weir, "both", "hello")).status, 429);
  const metrics = await readMetrics(weir.url);
  const attempts = (labels: Record<string, string>) =>
    metrics.sum("weir_upstream_attempts_total", labels);
  assertEquals(attempts({ upstream: "first", result: "upstream_error", status: "429" }), 1);
  assertEquals(attempts({ upstream: "second", result: "answered" }), 2);
  const cooling = { target: "first/model", reason: "rate_limited" };
  assert(metrics.sum("weir_target_cooldown_seconds", cooling) > 3_000);
  const decisions = (decision: string) =>
    metrics.sum("weir_limit_decisions_total", { limit: "v1", decision });
  assertEquals([decisions("allowed"), decisions("refused")], [2, 1]);
  assertEquals(metrics.sum("weir_calls_total"), 2);
  assertEquals(metrics.sum("weir_other_requests_total", { status: "4xx", outcome: "refused" }), 1);
});

Deno.test("whoever may call may read the metrics, unless they have a key of their own", async () => {
  const apiKey = "weir-api-key";
  const metricsKey = "weir-metrics-key";
  {
    await using weir = await startProgram({ env: { PROXY_API_KEY: apiKey } });
    assertEquals(await statusOf(`${weir.url}/metrics`), 401);
    assertEquals(await statusOf(`${weir.url}/metrics`, bearer(apiKey)), 200);
    assertEquals(await statusOf(`${weir.url}/metrics`, { method: "POST" }), 405);
  }
  const env = {
    PROXY_API_KEY: apiKey,
    METRICS_API_KEY: metricsKey,
    AUTH_MAX_FAILURES_PER_MINUTE: "2",
  };
  await using weir = await startProgram({ env });
  assertEquals(await statusOf(`${weir.url}/metrics`, bearer(apiKey)), 401);
  assertEquals(await statusOf(`${weir.url}/metrics`, bearer(metricsKey)), 200);
  assertEquals(await statusOf(`${weir.url}/v1/models`, bearer(metricsKey)), 401);
  const wrong = [1, 2].map(() => statusOf(`${weir.url}/metrics`, bearer("guess")));
  assert((await Promise.all(wrong)).includes(429), "guessing has an end");
});

Deno.test("METRICS=off answers 404 and counts nothing", async () => {
  await using weir = await startProgram({ env: { METRICS: "off" } });
  assertEquals((await ask(weir, "any-model", "hello")).status, 200);
  assertEquals(await statusOf(`${weir.url}/metrics`), 404);
});

Deno.test("METRICS_PORT serves them on another port, without a key, and there alone", async () => {
  const env = { PROXY_API_KEY: "weir-api-key", METRICS_PORT: "0" };
  await using weir = await startProgram({ env });
  const [, url = ""] = await weir.printed(/metrics (http:\/\/127\.0\.0\.1:\d+)\/metrics/);
  assertEquals(await statusOf(`${weir.url}/v1/models`, bearer(env.PROXY_API_KEY)), 200);
  const metrics = await readMetrics(url);
  assertEquals(metrics.sum("weir_other_requests_total"), 1);
  assertEquals(await statusOf(`${url}/v1/models`), 404);
  assertEquals(await statusOf(`${weir.url}/metrics`, bearer(env.PROXY_API_KEY)), 404);
  const { port } = new URL(url);
  const { code, output } = await runProgram({ env: { ...env, PORT: "0", METRICS_PORT: port } });
  assertEquals(code, 1);
  assertStringIncludes(output, "choose another METRICS_HOST or METRICS_PORT");
});

Deno.test("a reload keeps what was counted", async () => {
  const aliases = (names: object) => JSON.stringify({ routing: { aliases: names } });
  await using directory = await workingDirectory({ "weir.jsonc": aliases({}) });
  await using weir = await startProgram({ cwd: directory.path });
  await ask(weir, "any-model", "hello");
  await Deno.writeTextFile(`${directory.path}/weir.jsonc`, aliases({ other: ["fake/m"] }));
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded"/);
  await ask(weir, "other", "hello");
  assertEquals((await readMetrics(weir.url)).sum("weir_calls_total", { outcome: "complete" }), 2);
});
