/** Names that stand for private addresses, as the client meets them; the name servers are the test's. */

import { assertEquals } from "@std/assert";
import { until } from "../support/until.ts";
import { type ConnectTcp, openSocket } from "../../src/transport/open_socket.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import { failureOf, never } from "./contract.ts";
import { ManualClock } from "./manual_clock.ts";
import { RawServer } from "./raw_server.ts";

/** Every name stands for the loopback address. */
const connectHere: ConnectTcp = ({ port, signal }) =>
  Deno.connect({ hostname: "127.0.0.1", port, signal });

Deno.test("openSocket() sends nothing to a private address that a name stands for", async () => {
  const received: string[] = [];
  const server = new RawServer(async (peer) => {
    received.push(await peer.receiveOnce());
  });
  for (const scheme of ["http", "https"]) {
    const url = new URL(`${scheme}://vllm:${server.port}/v1`);
    const clock = new ManualClock();
    const options = transportOptions.parse({});
    const failure = await failureOf(openSocket(url, never(), options, clock, connectHere));
    assertEquals([failure.kind, failure.code, failure.shouldRetry], [
      "upstream_unreachable",
      "upstream_address_refused",
      false,
    ]);
    assertEquals(
      failure.cause,
      "The upstream's name stands for a private address; if that is meant, set PRIVATE_UPSTREAM_HOSTS=vllm",
    );
    assertEquals(clock.pending, 0);
  }
  await until(() => server.peers.length === 2);
  for (const peer of server.peers) await peer.left;
  await server.stop();
  assertEquals(received, ["", ""]);
});

Deno.test("openSocket() connects to a private address where that is meant", async () => {
  const server = new RawServer((peer) => peer.drain());
  const url = new URL(`http://vllm:${server.port}/v1`);
  const options = transportOptions.parse({ privateHosts: ["vllm"] });
  const socket = await openSocket(url, never(), options, new ManualClock(), connectHere);
  socket.close();
  await server.stop();
});

Deno.test("openSocket() does not even connect to a metadata service", async () => {
  let connects = 0;
  const connectTcp: ConnectTcp = () => {
    connects++;
    return Promise.reject(new Error("It was called"));
  };
  const options = transportOptions.parse({ privateHosts: ["*"], httpsProxy: "http://proxy:1" });
  for (const scheme of ["http", "https"]) {
    const url = new URL(`${scheme}://169.254.169.254/latest`);
    const { code } = await failureOf(
      openSocket(url, never(), options, new ManualClock(), connectTcp),
    );
    assertEquals(code, "upstream_address_refused");
  }
  assertEquals(connects, 0);
});
