/** What Prometheus's own tool says of the metrics of a loaded gateway: `deno task promtool`. */

import { assert, assertEquals } from "@std/assert";
import { parseMetrics } from "../support/metrics.ts";
import { startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { ask, twoTargets, withoutTags } from "../support/two_targets.ts";

/** Whatever clients may call a model. */
const NAMES = ['quo"ted', "back\\slash", "line\nend", "ünïcödé 模型", "a{b}=c,d", "\u0000\u009b"];
const PROMPTS = ["hello", "[500]", "[429] [retry-after=60]", "[cut=3]", "[400]", "[error=2]"];

/** Returns what the tool complains of; empty where there is nothing. */
async function checkMetrics(text: string): Promise<string> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const report = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return success ? report : report || "it failed without a word";
}

Deno.test("promtool has nothing to say of the metrics of a loaded gateway", async () => {
  await using first = startProvider();
  await using second = startProvider(0, withoutTags);
  const env = twoTargets(first, second, { RATE_LIMIT_V1_MAX_REQUESTS: "20" });
  await using weir = await startProgram({ env });
  const fresh = await (await fetch(`${weir.url}/metrics`)).text();
  assertEquals(await checkMetrics(fresh), "");
  for (const name of NAMES) {
    for (const stream of [true, false]) await ask(weir, name, "hello", stream);
  }
  // The limit refuses the last of these.
  for (const prompt of PROMPTS) {
    for (const stream of [true, false]) await ask(weir, "both", prompt, stream);
  }
  const response = await fetch(`${weir.url}/metrics`);
  assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  assert(parseMetrics(text).sum("weir_calls_total") >= 20);
  assertEquals(await checkMetrics(text), "");
});

Deno.test("promtool complains where there is something to complain of", async () => {
  const bad = "# HELP weir_calls_total Calls.\n# TYPE weir_calls_total gauge\nweir_calls_total 1\n";
  assert((await checkMetrics(bad)).includes("weir_calls_total"));
});
