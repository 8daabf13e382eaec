/** What is counted here reads, and merges, as what `prom-client` counts. */

import { assertEquals } from "@std/assert";
import * as ours from "../../src/observability/metrics/families.ts";
import * as theirs from "../../src/observability/metrics/prom_client.js";

const { AggregatorRegistry, Registry } = theirs;

/** The same values in metrics of either kind. */
function count({ Counter, Histogram }: Pick<typeof theirs, "Counter" | "Histogram">) {
  const registry = new Registry();
  const registers = [registry];
  const help = "Help with a \\ in it.";
  const calls = new Counter({ name: "calls_total", help, labelNames: ["to", "status"], registers });
  calls.inc({ to: "a", status: 200 });
  calls.inc({ to: "b" });
  calls.inc({ to: 'a"\n', status: 500 }, 2.5);
  calls.inc({ to: "a", status: 200 }, 2);
  const buckets = [0.1, 1, 10];
  const seconds = new Histogram({
    name: "seconds",
    help,
    labelNames: ["to", "kind"],
    buckets,
    registers,
  });
  for (const value of [0, 0.1, 0.11, 5, 10, 11]) seconds.observe({ to: "a" }, value);
  seconds.observe({ to: "a", kind: "x" }, 1);
  new Histogram({ name: "empty", help, buckets, registers });
  return registry;
}

// What of either is used here has the same form.
const OURS = ours as unknown as Pick<typeof theirs, "Counter" | "Histogram">;

Deno.test("metrics of our own read as those of prom-client", async () => {
  assertEquals(await count(OURS).metrics(), await count(theirs).metrics());
});

Deno.test("metrics of our own merge as those of prom-client", async () => {
  const merged = async (kind: Pick<typeof theirs, "Counter" | "Histogram">) => {
    const snapshots = [await count(kind).getMetricsAsJSON(), await count(kind).getMetricsAsJSON()];
    return await AggregatorRegistry.aggregate(JSON.parse(JSON.stringify(snapshots))).metrics();
  };
  assertEquals(await merged(OURS), await merged(theirs));
});

Deno.test("a value that is none is not counted", async () => {
  const registry = new Registry();
  const histogram = new ours.Histogram({
    name: "seconds",
    help: "Help",
    buckets: [1],
    registers: [registry],
  });
  histogram.observe({}, Number.NaN);
  assertEquals((await registry.metrics()).includes("seconds_count 0"), true);
});
