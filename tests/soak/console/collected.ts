/**
 * Weir that at each SIGUSR2 throws away what nobody needs and says how many bytes are left. What is resident tells
 * little of what is kept: the heap may double before it is looked through.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- Whoever sends the signal waits for the line.

import { run } from "../../../src/cli/run.ts";

/** There by `--expose-gc`. */
const { gc } = globalThis as unknown as { readonly gc: () => void };

let times = 0;
Deno.addSignalListener("SIGUSR2", () => {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  console.log(`left ${++times} ${heapUsed + external}`);
});

run(Deno.args).then(Deno.exit);
