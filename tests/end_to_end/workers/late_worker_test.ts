/** What becomes of the program when its threads take long to start. */

import { assertEquals } from "@std/assert";
import { runProgram, startProgram } from "../../support/program.ts";

const entry = "tests/end_to_end/workers/late_main.ts";

Deno.test("a thread that begins late is waited for, and is told what to serve", async () => {
  const env = { WORKERS: "2", THREAD_DELAY_MS: "300" };
  await using weir = await startProgram({ entry, env });
  const response = await fetch(`${weir.url}/healthz`);
  await response.body?.cancel();
  assertEquals(response.status, 200);
});

// A signal to itself takes the permission to start programs in Deno 2.4, which whoever serves has given up.
const ignore = Deno.version.deno.startsWith("2.4.");

Deno.test("a stop signal ends a program whose threads have not started", { ignore }, async () => {
  const env = {
    WORKERS: "2",
    HOST: "127.0.0.1",
    PORT: "0",
    THREAD_DELAY_MS: "1000000",
    THREAD_STOPS: "yes",
  };
  const { code, output } = await runProgram({ entry, env });
  assertEquals([code, output], [0, ""]);
});
