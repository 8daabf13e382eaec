/**
 * The program with threads that begin late. `THREAD_DELAY_MS` says how late; `THREAD_STOPS=yes` has them
 * tell the process to stop meanwhile.
 *
 * @module
 */

import { isMainThread } from "node:worker_threads";
import { run } from "../../../src/cli/run.ts";

if (!isMainThread) {
  if (Deno.env.get("THREAD_STOPS") === "yes") Deno.kill(Deno.pid, "SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, Number(Deno.env.get("THREAD_DELAY_MS"))));
}

run(Deno.args).then(Deno.exit);
