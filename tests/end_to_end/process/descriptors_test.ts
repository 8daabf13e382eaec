/** A flood of connections takes all files that the process may open; that ends nothing (T07). */

import { assert, assertEquals } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { ask } from "../../support/two_targets.ts";

/** Enough to start with, and for some connections. */
const MAX_FILES = 60;

/** Opens connections until nobody listens any more. */
async function flood(weir: Program): Promise<Deno.Conn[]> {
  const { hostname, port } = new URL(weir.url);
  const connections: Deno.Conn[] = [];
  try {
    while (connections.length < 2 * MAX_FILES) {
      connections.push(await Deno.connect({ hostname, port: Number(port) }));
    }
  } catch {
    // Refused.
  }
  return connections;
}

/** The listener may fail once more, until the connections are closed at its end as well. */
async function statusOnceServed(weir: Program): Promise<number> {
  for (let tries = 1;; tries++) {
    try {
      return (await ask(weir, "m", "hi")).status;
    } catch (thrown) {
      if (tries === 200) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

Deno.test({
  name: "without a file left running streams go on, and Weir listens again once there are some",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using weir = await startProgram({ shell: `ulimit -n ${MAX_FILES}` });
    const client = Deno.createHttpClient({});
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      client,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "m",
        stream: true,
        messages: [{ role: "user", content: "[tokens=30] [pace=25]" }],
      }),
    });
    const connections = await flood(weir);
    assert((await response.text()).endsWith("data: [DONE]\n\n"));
    // Deno 2.4 tells that a listener has failed when the last of its connections is closed.
    client.close();
    for (const connection of connections) connection.close();
    await weir.printed(/"message":"listener failed"[^]*"message":"listening again"/);
    assertEquals(await statusOnceServed(weir), 200);
    assertEquals((await (await fetch(`${weir.url}/health`)).json()).bugs, 0);
    assertEquals((await weir.stop()).code, 0);
  },
});
