/** Who may connect, how much one may ask for, and what ends the connection of a client that is gone or stuck. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { startProgram } from "../../support/program.ts";
import { assertSoon } from "../../support/assert_soon.ts";
import { startProvider } from "../../support/provider.ts";
import { openRawWebSocket } from "../../support/raw_websocket.ts";
import {
  inferenceRequest,
  type Message,
  openSocket,
  RefusedUpgrade,
} from "../../support/socket_client.ts";
import { startWeirWithoutLimits as startWeir } from "../../support/without_limits.ts";

/** Such as `openssl rand -base64` makes them: none of it may stand in a subprotocol as it is. */
const KEY = "s3cr/t+key==";

function errorOf({ error }: Message) {
  return isJsonObject(error) ? error : {};
}

Deno.test("an API key comes as a header, or from browsers as a subprotocol that is not sent back", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { PROXY_API_KEY: KEY });
  const bearer = `bearer.${encodeURIComponent(KEY)}`;
  await using byHeader = await openSocket(weir.url, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  assertEquals(byHeader.protocol, "");
  await using byProtocol = await openSocket(weir.url, { protocols: ["weir", bearer] });
  assertEquals(byProtocol.protocol, "weir");
  byProtocol.ask("a", "hi");
  assertEquals((await byProtocol.ended("a")).type, "inference_response");
  // The runtime's own client writes the list another way.
  const browser = new WebSocket(`${weir.url.replace("http", "ws")}/ws`, ["weir", bearer]);
  await new Promise((resolve) => browser.onopen = resolve);
  assertEquals(browser.protocol, "weir");
  await new Promise((resolve) => {
    browser.onclose = resolve;
    browser.close();
  });

  for (const options of [{}, { protocols: ["weir", "bearer.wrong"] }, { protocols: ["weir"] }]) {
    const refused = await assertRejects(() => openSocket(weir.url, options), RefusedUpgrade);
    assertEquals([refused.status, errorOf(refused.body).type], [401, "validation"]);
  }
  assert(!weir.output().includes(encodeURIComponent(KEY)), "The key is in the log");
});

Deno.test("connections and requests have the documented limits", async () => {
  await using weir = await startProgram({
    env: { WS_CONNECTIONS_PER_MINUTE: "2", RATE_LIMIT_INFERENCE_MAX_REQUESTS: "3" },
  });
  await using first = await openSocket(weir.url);
  await using second = await openSocket(weir.url);
  const refused = await assertRejects(() => openSocket(weir.url), RefusedUpgrade);
  assertEquals([refused.status, errorOf(refused.body).type], [429, "rate_limit"]);
  assert(Number(refused.headers["retry-after"]) > 0);
  // One client, however many connections it has.
  for (const [index, client] of [first, second, first].entries()) {
    client.ask(`r${index}`, "hi");
    assertEquals((await client.ended(`r${index}`)).type, "inference_response");
  }
  second.ask("one too many", "hi");
  const error = errorOf(await second.ended("one too many"));
  assertEquals([error.code, error.type], [429, "rate_limit"]);
  assert(isJsonObject(error.details) && Number(error.details.retry_after_ms) > 0);
});

Deno.test("WS_MAX_CONNECTIONS: one more is answered with 503, until one has left", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_MAX_CONNECTIONS: "1" });
  const first = await openSocket(weir.url);
  const refused = await assertRejects(() => openSocket(weir.url), RefusedUpgrade);
  assertEquals([refused.status, errorOf(refused.body).type], [503, "internal"]);
  assert(Number(refused.headers["retry-after"]) > 0);
  first.socket.close();
  await weir.printed(/"message":"websocket"/);
  await using second = await openSocket(weir.url);
  second.ask("a", "hi");
  assertEquals((await second.ended("a")).type, "inference_response");
  await first[Symbol.asyncDispose]();
});

Deno.test("WS_MAX_REQUESTS_IN_FLIGHT: one more is refused, and the others go on", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_MAX_REQUESTS_IN_FLIGHT: "2" });
  await using client = await openSocket(weir.url);
  client.ask("a", "[tokens=10] [pace=50]");
  client.ask("b", "[tokens=10] [pace=50]");
  client.ask("c", "hi");
  const error = errorOf(await client.ended("c"));
  assertEquals([error.code, error.type], [429, "rate_limit"]);
  assertEquals((await client.ended("a")).type, "inference_response");
  assertEquals((await client.ended("b")).type, "inference_response");
  client.ask("c2", "hi");
  assertEquals((await client.ended("c2")).type, "inference_response");
});

Deno.test("WS_MAX_MESSAGE_BYTES: a larger message is refused, in bytes instead of characters", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_MAX_MESSAGE_BYTES: "1024" });
  await using client = await openSocket(weir.url);
  client.ask("long", "ü".repeat(500));
  const error = errorOf(await client.received(({ type }) => type === "error"));
  assertEquals([error.code, error.type], [413, "validation"]);
  assertMatch(String(error.message), /1024 bytes/);
  client.ask("short", "hi");
  assertEquals((await client.ended("short")).type, "inference_response");
});

Deno.test("a message in fragments without end is refused with 1009, and what runs is cancelled", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_MAX_MESSAGE_BYTES: "1024" });
  await using client = await openSocket(weir.url);
  client.ask("running", "[tokens=9999] [stall=4]");
  await client.received(({ id }) => id === "running");
  const fragment = new Uint8Array(1_000_000);
  let sentBytes = 0;
  const send = (): void => {
    if (sentBytes >= 100_000_000) return;
    sentBytes += fragment.length;
    client.socket.send(fragment, { fin: false }, (error) => error ? undefined : send());
  };
  send();
  const { code, reason } = await client.closed;
  assertEquals([code, reason], [1009, "A message may have 1024 bytes"]);
  assert(sentBytes < 100_000_000, `Sent ${sentBytes}`);
  await provider.answered("cancelled");
  await weir.printed(/"message":"websocket".*"requests":1,"close_code":1009/);
});

Deno.test("heartbeats go both ways, with pings beside them, and a client that lives stays", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_HEARTBEAT_INTERVAL: "2000" });
  await using client = await openSocket(weir.url);
  const pinged = new Promise((resolve) => client.socket.once("ping", resolve));
  client.send({ type: "heartbeat", timestamp: 1704067200000 });
  const plain = await client.received(({ type }) => type === "heartbeat");
  assertEquals([typeof plain.timestamp, plain.id], ["number", undefined]);
  client.send({ type: "heartbeat", id: "h1" });
  assertEquals((await client.received(({ id }) => id === "h1")).type, "heartbeat");
  await pinged;
  const isOwn = ({ type, id }: Message): boolean => type === "heartbeat" && id === undefined;
  // The first one without an id is an answer.
  await client.received(() => client.messages.filter(isOwn).length > 3);
  client.ask("a", "hi");
  assertEquals((await client.ended("a")).type, "inference_response");
});

Deno.test("a client that answers no ping is dead: its requests are cancelled (T56)", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_HEARTBEAT_INTERVAL: "1500" });
  using client = await openRawWebSocket(weir.url);
  assertMatch(client.head, /^HTTP\/1.1 101 /);
  await client.send(JSON.stringify(inferenceRequest("a", "[tokens=9999] [stall=4]")));
  await provider.answered("cancelled");
  await weir.printed(/"message":"websocket".*"requests":1,"close_code":1006/);
});

Deno.test("a client that drops its connection takes its requests with it", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider);
  await assertSoon(async () => {
    const client = await openRawWebSocket(weir.url);
    await client.send(JSON.stringify(inferenceRequest("a", "[tokens=9999] [pace=5]")));
    await client.read();
    const leftMs = performance.now();
    client.leave();
    return (await provider.answered("cancelled", leftMs)).atMs - leftMs;
  });
});

Deno.test("a client that does not read makes its upstream wait, and is closed with a reason", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_STALL_TIMEOUT_MS: "1000" });
  using stuck = await openRawWebSocket(weir.url);
  await stuck.send(JSON.stringify(inferenceRequest("a", "[tokens=1000000]")));
  await using neighbour = await openSocket(weir.url);
  neighbour.ask("b", "hi");
  assertEquals((await neighbour.ended("b")).type, "inference_response");
  await provider.answered("cancelled");
  await weir.printed(/"message":"websocket".*"requests":1,"close_code":1008/);
  // What had been sent is still to be read, and then why there is no more.
  let last = "";
  for (let text = await stuck.read(); text !== ""; text = await stuck.read()) {
    last = (last + text).slice(-1_000);
    if (last.includes(`"type":"close"`)) break;
  }
  assertMatch(last, /\{"type":"cancelled","id":"a"\}/);
  assertMatch(last, /\{"type":"close","code":1008,"reason":"[^"]*read"\}/);
});

Deno.test("a client that reads slowly loses nothing, however small the buffer", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { WS_MAX_BUFFERED_BYTES: "1024" });
  using client = await openRawWebSocket(weir.url);
  await client.send(JSON.stringify(inferenceRequest("a", "[tokens=5000]")));
  let text = "";
  let pieces = 0;
  while (!text.includes(`"finish_reason":"stop"`)) {
    text = text.slice(-100) + await client.read();
    const whole = text.split(`"finish_reason":null`);
    pieces += whole.length - 1;
    text = whole.at(-1) ?? "";
  }
  assertEquals(pieces, 5_000);
});

Deno.test("a client that leaves within the handshake gives its place up at once", async () => {
  await using weir = await startProgram({ env: { WS_MAX_CONNECTIONS: "1" } });
  const { hostname, port } = new URL(weir.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /ws HTTP/1.1",
    `host: ${hostname}:${port}`,
    "upgrade: websocket",
    "connection: Upgrade",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version: 13",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  // Without having read the answer, which the system so answers with a reset.
  connection.close();
  await weir.printed(/"message":"websocket".*"close_code":1006/);
  await using next = await openSocket(weir.url);
  next.ask("a", "hi");
  assertEquals((await next.ended("a")).type, "inference_response");
});
