/** What becomes of WebSocket connections when Weir stops, or gets another configuration. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { openSocket, RefusedUpgrade } from "../../support/socket_client.ts";
import { startWeirWithoutLimits as startWeir } from "../../support/without_limits.ts";
import { workingDirectory } from "../../support/working_directory.ts";

Deno.test("a stop waits for running requests, takes no others, and says goodbye", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider);
  await using idle = await openSocket(weir.url);
  await using client = await openSocket(weir.url);
  client.ask("running", "[tokens=100] [pace=25]");
  await client.received(({ id }) => id === "running");
  weir.signal("SIGTERM");
  await weir.printed(/"message":"stopping"/);
  client.ask("late", "hi");
  const { error } = await client.ended("late");
  assertEquals(isJsonObject(error) && [error.code, error.type], [503, "internal"]);
  const refused = await assertRejects(() => openSocket(weir.url), RefusedUpgrade);
  assertEquals(refused.status, 503);
  const goodbye = await idle.closed;
  assertEquals(goodbye.code, 1001);
  assertMatch(goodbye.reason, /stopped/);
  assertEquals(idle.messages.at(-1), { type: "close", ...goodbye });

  assertEquals((await client.ended("running")).type, "inference_response");
  assertEquals(client.messages.filter(({ id }) => id === "running").length, 101);
  assertEquals(await client.closed, goodbye);
  assertEquals((await weir.exited).code, 0);
});

Deno.test("at the drain deadline a running request is told why it ends, exit code 0", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { DRAIN_TIMEOUT_MS: "200" });
  await using client = await openSocket(weir.url);
  client.ask("running", "[tokens=100000] [pace=25]");
  await client.received(({ id }) => id === "running");
  weir.signal("SIGTERM");
  const { type, error } = await client.ended("running");
  assertEquals([type, isJsonObject(error) && error.code], ["error", 503]);
  assertEquals((await client.closed).code, 1001);
  assertEquals(client.messages.at(-1)?.type, "close");
  assertEquals((await weir.exited).code, 0);
  await provider.answered("cancelled");
});

Deno.test("an open connection is under the newest configuration, and under the keys it has", async () => {
  await using provider = startProvider();
  await using directory = await workingDirectory({});
  const write = (config: object) =>
    Deno.writeTextFile(
      `${directory.path}/weir.jsonc`,
      JSON.stringify({
        upstreams: { compatible: { a: { baseUrl: provider.baseUrl } } },
        limits: { inferenceMaxRequests: 0, maxRequests: 0 },
        ...config,
      }),
    );
  await write({ routing: { aliases: { fast: "a/one" } } });
  await using weir = await startProgram({ cwd: directory.path });
  await using client = await openSocket(weir.url);
  const reload = async (count: number): Promise<void> => {
    weir.signal("SIGHUP");
    await weir.printed(new RegExp(`(?:"message":"reloaded".*\\n[^]*){${count}}`));
  };
  const ask = async (id: string, prompt: string) => {
    client.ask(id, prompt, { model: "fast" });
    return await client.ended(id);
  };
  const models = () =>
    provider.requests.filter(({ method }) => method === "POST")
      .map(({ body }) => JSON.parse(body).model);

  client.ask("long", "[tokens=60] [pace=25]", { model: "fast" });
  await client.received(({ id }) => id === "long");
  await write({ routing: { aliases: { fast: "a/two" } } });
  await reload(1);
  assertEquals((await ask("after", "hi")).type, "inference_response");
  assertEquals(models(), ["one", "two"]);
  assertEquals((await client.ended("long")).type, "inference_response");
  assertEquals(client.messages.filter(({ id }) => id === "long").length, 61);

  await write({ auth: { apiKey: "a-new-key" } });
  await reload(2);
  const { error } = await ask("without a key", "hi");
  assert(isJsonObject(error));
  assertEquals(error.code, 401);
  assertEquals(models().length, 2);
});
