/** The transport contract: connections that end too early, too late, or never begin. */

import { assert, assertEquals } from "@std/assert";
import { until } from "../support/until.ts";
import { failureOf, get, never, post, readBody } from "./contract.ts";
import type { ContractCase } from "./contract.ts";
import type { RawPeer } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** What a server sends before it closes the connection, and what of it is payload. */
const cutAnswers: readonly { name: string; wire: string; payload: string }[] = [
  { name: "before the first byte", wire: "", payload: "" },
  { name: "within the status line", wire: "HTTP/1.", payload: "" },
  { name: "within the headers", wire: `${OK}content-le`, payload: "" },
  { name: "after an interim answer", wire: "HTTP/1.1 100 Continue\r\n\r\n", payload: "" },
  { name: "after headers with a length", wire: `${OK}content-length: 5\r\n\r\n`, payload: "" },
  { name: "within a length", wire: `${OK}content-length: 5\r\n\r\nhel`, payload: "hel" },
  { name: "before the first chunk", wire: chunked, payload: "" },
  { name: "within a chunk size", wire: `${chunked}5\r\nhello\r\n1`, payload: "hello" },
  { name: "within a chunk", wire: `${chunked}5\r\nhel`, payload: "hel" },
  { name: "between chunks", wire: `${chunked}5\r\nhello\r\n`, payload: "hello" },
  { name: "after the last chunk's size", wire: `${chunked}5\r\nhello\r\n0\r\n`, payload: "hello" },
  { name: "within the trailers", wire: `${chunked}5\r\nhello\r\n0\r\nx: y`, payload: "hello" },
];

function noticesCut(cut: (typeof cutAnswers)[number]): ContractCase {
  return {
    name: `calls an answer truncated that ends ${cut.name} (T08)`,
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(cut.wire);
        peer.close();
      });
      const result = await context.client().send(post(server.url()), never()).then(
        (response) => readBody(response.body),
        (failure) => ({ text: "", failure }),
      );
      assertEquals(result.failure?.kind, "upstream_truncated");
      assertEquals(result.text, cut.payload);
    },
  };
}

function givesUpOnHeaders(
  name: string,
  begin: (peer: RawPeer) => Promise<void> = () => Promise.resolve(),
): ContractCase {
  return {
    name,
    run: async (context) => {
      const received = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await peer.request();
        await begin(peer);
        received.resolve();
        await peer.drain();
      });
      const client = context.client({ connectTimeoutMs: 1_000, headersTimeoutMs: 5_000 });
      const answer = failureOf(client.send(post(server.url()), never()));
      await received.promise;
      context.clock.advance(6_000);
      assertEquals((await answer).kind, "upstream_timeout");
      await server.peers[0]?.left;
    },
  };
}

const timeouts: readonly ContractCase[] = [
  givesUpOnHeaders("gives up on headers that do not come, and closes the connection (T38)"),
  givesUpOnHeaders("gives up on headers that come byte by byte without end", async (peer) => {
    await peer.send(`${OK}x: `);
    await peer.trickle("y".repeat(100));
  }),
  {
    name: "has no timeout for a body: that is the relay's",
    run: async (context) => {
      const proceed = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: 5\r\n\r\nhel`);
        await proceed.promise;
        await peer.send("lo");
      });
      const response = await context.client().send(get(server.url()), never());
      context.clock.advance(10_000_000);
      proceed.resolve();
      assertEquals((await readBody(response.body)).text, "hello");
      assertEquals(context.clock.pending <= 1, true, "Only the pool may have a timer left");
    },
  },
];

const unreachable: readonly ContractCase[] = [
  {
    name: "says that the connection was refused",
    run: async (context) => {
      const server = context.serve(() => Promise.resolve());
      const url = server.url();
      await server.stop();
      const failure = await failureOf(context.client().send(post(url), never()));
      assertEquals(failure.kind, "upstream_unreachable");
      assertEquals(failure.message, "The upstream refused the connection");
    },
  },
  {
    name: "says that a name could not be resolved",
    leaksInRuntime: "Deno 2.4 keeps the handle of a connect's signal when the name is not found",
    run: async (context) => {
      const url = new URL("http://nothing.invalid/?key=secret");
      const failure = await failureOf(context.client().send(post(url), never()));
      assertEquals(failure.kind, "upstream_unreachable");
      assertEquals(failure.message, "The upstream's name could not be resolved");
      // The log writes the cause, and the runtime quotes the whole URL in it (T57).
      assert(!String(failure.cause).includes("secret"));
    },
  },
  {
    name: "gives up on a connection that does not come about (T38)",
    except: { fetch: "fetch has one clock for both; the headers' case above covers it" },
    run: async (context) => {
      // It accepts, and never answers the TLS handshake.
      const server = context.serve((peer) => peer.drain());
      const url = new URL(`https://127.0.0.1:${server.port}/`);
      const client = context.client({ connectTimeoutMs: 1_000 });
      const answer = failureOf(client.send(post(url), never()));
      await until(() => server.peers.length > 0);
      context.clock.advance(1_000);
      const failure = await answer;
      assertEquals(failure.kind, "upstream_timeout");
      assertEquals(failure.message, "The upstream could not be connected to within 1000 ms");
    },
  },
  {
    name: "fails at once beyond its connections",
    except: { fetch: "the runtime has no such bound" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.drain();
      });
      const client = context.client({ maxConnectionsPerOrigin: 2 });
      const controller = new AbortController();
      const held = [1, 2].map(() => failureOf(client.send(get(server.url()), controller.signal)));
      const failure = await failureOf(client.send(get(server.url()), never()));
      assertEquals(failure.kind, "upstream_unreachable");
      controller.abort();
      await Promise.all(held);
    },
  },
];

const bounds: readonly ContractCase[] = [
  {
    name: "refuses a head beyond its bytes",
    except: { fetch: "the runtime has a bound of its own" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        while (true) await peer.send(`${OK}x: `, "y".repeat(10_000));
      });
      const client = context.client({ maxHeaderBytes: 20_000 });
      const failure = await failureOf(client.send(get(server.url()), never()));
      assertEquals(failure.kind, "upstream_invalid_response");
      await server.peers[0]?.left;
    },
  },
  {
    name: "refuses headers beyond their number",
    except: { fetch: "the runtime has a bound of its own" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}${"x: y\r\n".repeat(11)}\r\n`);
      });
      const client = context.client({ maxHeaders: 10 });
      const failure = await failureOf(client.send(get(server.url()), never()));
      assertEquals(failure.kind, "upstream_invalid_response");
      await server.peers[0]?.left;
    },
  },
];

/** What a transport says when there is no whole answer. */
export const failureCases: readonly ContractCase[] = [
  ...cutAnswers.map(noticesCut),
  {
    name: "calls an answer truncated that ends with a reset",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        // The rest of the request stays unread, which makes the close a reset.
        await peer.receive();
        await peer.send(`${OK}content-length: 5\r\n\r\nhel`);
        peer.close();
      });
      const request = post(server.url(), "x".repeat(5_000_000));
      const result = await context.client().send(request, never()).then(
        (response) => readBody(response.body),
        (failure) => ({ failure }),
      );
      assertEquals(result.failure?.kind, "upstream_truncated");
    },
  },
  ...timeouts,
  ...unreachable,
  ...bounds,
];
