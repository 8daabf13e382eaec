/** Names that stand for private addresses, as both clients meet them; the name servers are the test's. */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { createFetchTransport } from "../../src/transport/fetch_transport.ts";
import { type ConnectTcp, openSocket } from "../../src/transport/open_socket.ts";
import { ResolvedNames } from "../../src/transport/resolved_names.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import { failureOf, get, never } from "./contract.ts";
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

Deno.test("createFetchTransport() does not call a name that stands for one private address among others", async () => {
  const looked: string[] = [];
  const lookUp = (hostname: string) => {
    looked.push(hostname);
    return Promise.resolve(["1.1.1.1", "::ffff:10.0.0.1"]);
  };
  const clock = new ManualClock();
  const client = createFetchTransport(transportOptions.parse({}), clock, lookUp);
  const failure = await failureOf(client.send(get(new URL("http://nothing.invalid/")), never()));
  assertEquals([failure.code, looked], ["upstream_address_refused", ["nothing.invalid"]]);
  assertEquals(clock.pending, 0);
  client.close();
});

Deno.test("ResolvedNames looks a name up again after a while, and judges it anew", async () => {
  let address = "1.1.1.1";
  let lookUps = 0;
  const clock = new ManualClock();
  const names = new ResolvedNames(transportOptions.parse({}), clock, () => {
    lookUps++;
    return Promise.resolve([address]);
  });
  const url = new URL("https://api.example/");
  await names.check(url, never());
  address = "192.168.0.1";
  clock.advance(9_999);
  await names.check(url, never());
  assertEquals(lookUps, 1);
  clock.advance(1);
  assertEquals((await failureOf(names.check(url, never()))).code, "upstream_address_refused");
  assertEquals((await failureOf(names.check(url, never()))).code, "upstream_address_refused");
  assertEquals(lookUps, 3);
});

Deno.test("ResolvedNames gives a lookup up that does not end, and says that a name is unknown", async () => {
  const options = transportOptions.parse({});
  const hanging = new ResolvedNames(options, new ManualClock(), () => new Promise(() => {}));
  const url = new URL("https://api.example/");
  const controller = new AbortController();
  const checked = failureOf(hanging.check(url, controller.signal));
  const reason = new GatewayError("upstream_timeout", "Too late");
  controller.abort(reason);
  assertEquals(await checked, reason);
  const unknown = new ResolvedNames(
    options,
    new ManualClock(),
    () => Promise.reject(new Error("getaddrinfo ENOTFOUND api.example")),
  );
  assertEquals(
    (await failureOf(unknown.check(url, never()))).message,
    "The upstream's name could not be resolved",
  );
});
