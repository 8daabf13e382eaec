/** WebSockets as clients that others wrote see them. */

import { assert, assertEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket as WsClient } from "ws";
import type { UpgradeOptions, WebSocketConnection } from "../../../src/core/http/websocket.ts";
import { authorityCertificate } from "../../transport/certificates.ts";
import { startSocketHost } from "./socket_host.ts";

const OPTIONS: UpgradeOptions = {
  protocol: undefined,
  idleTimeoutMs: 60_000,
  maxMessageBytes: 20_000_000,
  maxBufferedBytes: 65_536,
};

/** Sends back what it gets, one at a time. */
function echo(socket: WebSocketConnection): void {
  socket.onMessage = (bytes, isText) => isText ? socket.sendText(bytes) : socket.send(bytes);
}

async function opened(client: WsClient): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.once("open", resolve);
    client.once("error", reject);
  });
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

function closed(client: WsClient): Promise<Closed> {
  return new Promise((resolve) =>
    client.once("close", (code, reason) => resolve({ code, reason: String(reason) }))
  );
}

/** The next message, a binary one as bytes. */
function message(client: WsClient): Promise<string | Uint8Array> {
  return new Promise((resolve) =>
    client.once(
      "message",
      (data: Uint8Array, isBinary: boolean) =>
        resolve(isBinary ? new Uint8Array(data) : String(data)),
    )
  );
}

Deno.test("ws: messages of all sizes and kinds come back as they were", async () => {
  using host = startSocketHost(OPTIONS, echo);
  const client = new WsClient(host.url);
  await opened(client);
  // It offers compression, as it does unless it is told not to.
  assertEquals(client.extensions, "");
  for (const length of [0, 1, 125, 126, 1_000, 65_535, 65_536, 300_000, 10_000_000]) {
    const answer = message(client);
    client.send("ü".repeat(length / 2));
    assertEquals(await answer, "ü".repeat(length / 2));
    const bytes = new Uint8Array(length).map((_, index) => index);
    const binary = message(client);
    client.send(bytes);
    assertEquals(await binary, bytes);
  }
  client.send("in ", { fin: false });
  client.ping("p");
  client.send("fragments", { fin: true });
  assertEquals(await message(client), "in fragments");
  const pong = new Promise((resolve) => client.once("pong", (data: unknown) => resolve(`${data}`)));
  client.ping("payload");
  assertEquals(await pong, "payload");
  client.close(4000, "enough");
  assertEquals(await closed(client), { code: 4000, reason: "" });
});

Deno.test("ws: a close of ours has a code and a reason, and comes after what was sent", async () => {
  const ended = Promise.withResolvers<number>();
  using host = startSocketHost(OPTIONS, (socket) => {
    socket.onClose = ended.resolve;
    socket.send("hello");
    socket.close(1013, "Try again later");
  });
  const client = new WsClient(host.url);
  const hello = message(client);
  const close = closed(client);
  assertEquals(await hello, "hello");
  assertEquals(await close, { code: 1013, reason: "Try again later" });
  assertEquals(await ended.promise, 1013);
});

Deno.test("ws: a hundred megabytes in fragments are refused within their bound", async () => {
  let received = 0;
  const ended = Promise.withResolvers<number>();
  using host = startSocketHost({ ...OPTIONS, maxMessageBytes: 1_000_000 }, (socket) => {
    socket.onMessage = () => void received++;
    socket.onOversized = () => void received++;
    socket.onClose = ended.resolve;
  });
  const client = new WsClient(host.url);
  client.on("error", () => {}); // Its end of the connection breaks in the middle of a write.
  await opened(client);
  const close = closed(client);
  let sentBytes = 0;
  const fragment = new Uint8Array(1_000_000);
  const send = (): void => {
    if (sentBytes >= 100_000_000 || client.readyState !== WsClient.OPEN) return;
    sentBytes += fragment.length;
    client.send(fragment, { fin: false }, (error) => error ? undefined : send());
  };
  send();
  assertEquals((await close).code, 1009);
  assertEquals([await ended.promise, received], [1009, 0]);
  assert(sentBytes < 100_000_000, `Sent ${sentBytes}`);
});

Deno.test("ws: a client that vanishes is noticed", async () => {
  const ended = Promise.withResolvers<number>();
  using host = startSocketHost(OPTIONS, (socket) => {
    socket.onClose = ended.resolve;
  });
  const client = new WsClient(host.url);
  await opened(client);
  client.terminate();
  assertEquals(await ended.promise, 1006);
});

Deno.test({
  name: "ws: over TLS",
  // There the client cannot connect, to whatever server.
  ignore: Deno.version.deno.startsWith("2.4."),
  fn: overTls,
});

async function overTls(): Promise<void> {
  using host = startSocketHost(OPTIONS, echo);
  const client = new WsClient(host.secureUrl, { ca: authorityCertificate });
  await opened(client);
  for (const length of [10, 1_000_000]) {
    const answer = message(client);
    client.send("x".repeat(length));
    assertEquals(await answer, "x".repeat(length));
  }
  client.close(1000);
  assertEquals((await closed(client)).code, 1000);
}

Deno.test("the runtime's own client, which offers protocols", async () => {
  using host = startSocketHost({ ...OPTIONS, protocol: "second" }, echo);
  const client = new WebSocket(host.url, ["first", "second"]);
  await new Promise((resolve) => client.onopen = resolve);
  assertEquals([client.protocol, client.extensions], ["second", ""]);
  const answer = new Promise((resolve) => client.onmessage = ({ data }) => resolve(data));
  client.send("hello");
  assertEquals(await answer, "hello");
  const close = new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  client.close(3000, "bye");
  const { code, wasClean } = await close;
  assertEquals([code, wasClean], [3000, true]);
});
