/** What a provider says of its limits is kept to. */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { ask, twoTargets } from "../../support/two_targets.ts";

/** Says what it is told to say of its limits. */
function startTelling(): {
  readonly baseUrl: string;
  readonly sent: number;
  tell(headers: Record<string, string>, status?: number): void;
} & AsyncDisposable {
  let sent = 0;
  let told: { readonly headers: Record<string, string>; readonly status: number } = {
    headers: {},
    status: 200,
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      await request.text();
      sent += 1;
      const { headers, status } = told;
      if (status !== 200) return Response.json({ error: { message: "Planted" } }, told);
      const message = { role: "assistant", content: "Hello" };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      const answer = { id: "x", object: "chat.completion", created: 1, model: "model", choices };
      return Response.json(answer, { headers });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get sent() {
      return sent;
    },
    tell: (headers, status = 200) => told = { headers, status },
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

function requestsLeft(remaining: number, reset: string): Record<string, string> {
  return {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": `${remaining}`,
    "x-ratelimit-reset-requests": reset,
  };
}

Deno.test("a call that would be refused waits for its turn, goes to the next target, or is told when", async () => {
  await using first = startTelling();
  await using second = startTelling();
  await using weir = await startProgram({
    env: twoTargets(first, second, { PACING_MAX_WAIT_MS: "5000", COOLDOWN: "off" }),
  });
  const healthOf = async (target: string) => {
    const { paced } = await (await fetch(`${weir.url}/health`)).json();
    return paced.find((entry: { target: string }) => entry.target === target);
  };
  // Nothing is known of who says nothing.
  assertEquals((await ask(weir, "failing", "hi")).status, 200);
  assertEquals(await healthOf("first/model"), undefined);

  const sinceMs = performance.now();
  first.tell(requestsLeft(0, "3s"));
  assertEquals((await ask(weir, "failing", "hi")).status, 200);
  assertEquals((await healthOf("first/model")).requests_left, 0);
  assertEquals((await ask(weir, "both", "hi")).upstream, "second");
  assertEquals(first.sent, 2);
  first.tell(requestsLeft(0, "3600s"));
  assertEquals((await ask(weir, "failing", "hi")).status, 200);
  assert(performance.now() - sinceMs > 2_900, "it was not held back");
  await weir.printed(/"paced_ms":\d{3}/);

  const refused = await ask(weir, "failing", "hi");
  assertEquals([refused.status, first.sent], [429, 3]);
  assertEquals(JSON.parse(refused.text).error.code, "upstream_limit_reached");
  assert(Number(refused.headers.get("retry-after")) > 3_500);
  assertEquals((await ask(weir, "both", "hi")).upstream, "second");

  // That one call was told to wait, longer than anybody may, refuses no other one where nothing else is known.
  second.tell({ "retry-after": "3600" }, 429);
  assertEquals((await ask(weir, "one", "hi")).status, 429);
  const { sent } = second;
  assertEquals((await ask(weir, "one", "hi")).status, 429);
  assertEquals((await ask(weir, "both", "hi")).status, 429);
  assertEquals([first.sent, second.sent], [3, sent + 2]);
  assert((await healthOf("second/model")).rest_seconds > 3_500);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert(/weir_upstream_limit_remaining\{target="first\/model",limit="requests"\} 0/.test(metrics));
});

Deno.test("PACING=off sends what comes", async () => {
  await using first = startTelling();
  await using second = startTelling();
  await using weir = await startProgram({ env: twoTargets(first, second, { PACING: "off" }) });
  first.tell(requestsLeft(0, "3600s"));
  for (let call = 0; call < 3; call++) {
    assertEquals((await ask(weir, "failing", "hi")).status, 200);
  }
  assertEquals(first.sent, 3);
});
