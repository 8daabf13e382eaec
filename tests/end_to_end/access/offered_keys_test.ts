/** Every place where clients put an API key, and that it is handed on from none of them. */

import { assert, assertEquals } from "@std/assert";
import { startEcho, startWeir } from "../../support/forwarding.ts";
import { startOtlpReceiver } from "../../support/otlp_receiver.ts";
import { binaryPath, startProgram } from "../../support/program.ts";
import { openSocket } from "../../support/socket_client.ts";

const KEY = "weir-planted-8d1c";
const PATHS = ["/v1/models", "/api/v1/models", "/v1/files", "/metrics"];

/** The places, as headers and a query. */
const PLACES: readonly (readonly [headers: Record<string, string>, query: string])[] = [
  [{ authorization: `Bearer ${KEY}` }, ""],
  [{ "x-api-key": KEY }, ""],
  [{ "api-key": KEY }, ""],
  [{ "x-goog-api-key": KEY }, ""],
  [{}, `?key=${KEY}`],
  [{}, `?KEY=${KEY}`],
  [{}, `?a=b&%6bey=${KEY}`],
  [{}, `?key=&key=${KEY}&key=${KEY}`],
  [{ "api-key": KEY, "x-goog-api-key": KEY }, `?key=${KEY}`],
];

Deno.test("a key passes from each of its places on every surface, and another beside it does not", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin, { PROXY_API_KEY: KEY });
  const statusOf = async (path: string, headers: Record<string, string>) => {
    const { status, body } = await fetch(weir.url + path, { headers });
    await body?.cancel();
    return status;
  };
  for (const path of PATHS) {
    const expected = await statusOf(path, { authorization: `Bearer ${KEY}` });
    assert(expected !== 401, path);
    for (const [headers, query] of PLACES) {
      assertEquals(await statusOf(path + query, headers), expected, `${path}${query}`);
    }
    assertEquals(await statusOf(`${path}?key=another`, {}), 401);
    assertEquals(await statusOf(`${path}?key=another`, { "x-api-key": KEY }), expected);
    assertEquals(await statusOf(`${path}?key=another`, { "api-key": KEY }), 400);
    assertEquals(await statusOf(`${path}?key=${KEY}&key=another`, {}), 400);
    assertEquals(await statusOf(`${path}?key=`, {}), 401);
  }
});

Deno.test("a key is handed on from none of its places, and is in no log line and no answer", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin, { PROXY_API_KEY: KEY });
  for (const [headers, query] of PLACES) {
    const answer = await fetch(`${weir.url}/api/v1/files${query}`, { headers });
    const text = await answer.text();
    assertEquals(answer.status, 200, text);
    assert(!text.includes(KEY) && !/key=/i.test(text), text);
    for (const path of ["/nowhere", "/v1/models/none", "/api/v1/../x"]) {
      const refused = await fetch(`${weir.url}${path}${query}`, { headers });
      assert(!(await refused.text()).includes(KEY), path);
    }
  }
  assert(!weir.output().includes(KEY));
});

Deno.test("without any key of its own, Weir hands none on either", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin);
  const answer = await fetch(`${weir.url}/api/v1/files?Key=${KEY}&a=b`, {
    headers: { "x-goog-api-key": KEY, "api-key": KEY },
  });
  const text = await answer.text();
  assert(!text.includes(KEY), text);
});

Deno.test("a key in the address of a WebSocket holds for its requests", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: KEY } });
  await using socket = await openSocket(weir.url, { query: `?key=${KEY}` });
  socket.ask("a", "hi");
  assertEquals((await socket.ended("a")).type, "inference_response");
});

Deno.test({
  name: "a key of an address is in no trace",
  ignore: binaryPath !== undefined,
  fn: async () => {
    await using collector = startOtlpReceiver();
    await using weir = await startProgram({ env: { ...collector.env, PROXY_API_KEY: KEY } });
    for (const query of [`?a=b&key=${KEY}`, `?%4bEY=${KEY}`]) {
      await (await fetch(`${weir.url}/v1/models${query}`)).body?.cancel();
    }
    const spans = await collector.received(({ kind }) => kind === 2, 2);
    assert(!JSON.stringify(spans).includes(KEY), JSON.stringify(spans));
  },
});
