import { assert, assertEquals } from "@std/assert";
import { measureCancels, percentile } from "./cancels.ts";

/** `deno task soak` holds a thousand of them to 250 ms; here the machine may be ten times as slow. */
const MAX_P99_MS = 2_500;

Deno.test("clients that leave at random places, on every surface, cancel their upstreams at once (T01 to T03)", async () => {
  const { latenciesMs, counts } = await measureCancels(100, 5, 1);
  assertEquals(Object.values(counts), [20, 20, 20, 20, 20]);
  const p99 = percentile(latenciesMs, 0.99);
  assert(p99 < MAX_P99_MS, `p99 is ${p99} ms`);
});
