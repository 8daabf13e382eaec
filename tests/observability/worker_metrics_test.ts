/** What threads had counted that are lost. */

import { assertEquals } from "@std/assert";
import { Counter, Registry } from "../../src/observability/metrics/prom_client.js";
import { mergedSnapshot } from "../../src/observability/metrics/metrics.ts";
import { WorkerMetrics } from "../../src/observability/metrics/worker_metrics.ts";

async function counted(calls: number) {
  const registry = new Registry();
  new Counter({ name: "calls_total", help: "Calls.", registers: [registry] }).inc(calls);
  return await registry.getMetricsAsJSON();
}

Deno.test("the totals of threads that are lost at once are all kept", async () => {
  const metrics = new WorkerMetrics(
    () => 0,
    () => ({ written: 0, lost: 0, waiting: 0, isAway: false }),
  );
  const totals = [await counted(1), await counted(2), await counted(4)];
  for (const total of totals) metrics.recordLoss(3, total);
  const all = await mergedSnapshot(await metrics.snapshots());
  const valueOf = (asked: string) => all.find(({ name }) => name === asked)?.values[0]?.value;
  assertEquals(valueOf("calls_total"), 7);
  assertEquals(valueOf("weir_workers_lost_total"), 3);
  assertEquals(valueOf("weir_worker_lost_calls_total"), 9);
});
