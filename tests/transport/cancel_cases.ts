/** The transport contract: a call that is given up ends at the upstream as well (T01 to T03). */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { until } from "../support/until.ts";
import { failureOf, get, never, post, readBody, within } from "./contract.ts";
import type { ContractCase, ContractContext } from "./contract.ts";
import type { RawServer } from "./raw_server.ts";

const CLOSED_WITHIN_MS = 250;
const OK = "HTTP/1.1 200 OK\r\n";

/** A server that takes a request, says `wire` and then nothing more; `received` tells when. */
function silentServer(context: ContractContext, wire: string) {
  const { promise: received, resolve } = Promise.withResolvers<void>();
  const server = context.serve(async (peer) => {
    await peer.request();
    await peer.send(wire);
    resolve();
    await peer.drain();
  });
  return { server, received };
}

async function assertLeft(server: RawServer): Promise<void> {
  await within(CLOSED_WITHIN_MS, server.peers[0]?.left ?? Promise.resolve());
}

/** What a call has got to when its signal aborts. */
const moments: readonly { name: string; wire: string }[] = [
  { name: "before the first byte", wire: "" },
  { name: "within the headers", wire: `${OK}content-le` },
];

function closesOnAbort({ name, wire }: (typeof moments)[number]): ContractCase {
  return {
    name: `closes the connection when aborted ${name} (T02)`,
    run: async (context) => {
      const { server, received } = silentServer(context, wire);
      const controller = new AbortController();
      const answer = failureOf(context.client().send(post(server.url()), controller.signal));
      await received;
      controller.abort();
      assertEquals((await answer).kind, "client_closed");
      await assertLeft(server);
    },
  };
}

const bodies: readonly { name: string; wire: string }[] = [
  { name: "a length", wire: `${OK}content-length: 9\r\n\r\nhello` },
  { name: "chunks", wire: `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n` },
  { name: "a body up to the end", wire: `${OK}\r\nhello` },
];

function endsBody({ name, wire }: (typeof bodies)[number], how: "abort" | "cancel"): ContractCase {
  return {
    name: `closes the connection on ${how} within ${name}, while a read waits (T01)`,
    run: async (context) => {
      const { server } = silentServer(context, wire);
      const controller = new AbortController();
      const response = await context.client().send(post(server.url()), controller.signal);
      assertEquals((await response.body.read())?.length, 5);
      const pending = failureOf(response.body.read());
      if (how === "abort") controller.abort();
      else response.body.cancel();
      assertEquals((await pending).kind, "client_closed");
      await assertLeft(server);
      assertEquals((await failureOf(response.body.read())).kind, "client_closed");
      response.body.cancel();
    },
  };
}

/** What a transport does with a call that nobody waits for any more. */
export const cancelCases: readonly ContractCase[] = [
  {
    name: "connects nowhere for a call that is aborted already",
    run: async (context) => {
      const server = context.serve((peer) => peer.drain());
      const failure = await failureOf(
        context.client().send(get(server.url()), AbortSignal.abort()),
      );
      assertEquals(failure.kind, "client_closed");
      assertEquals(server.peers.length, 0);
    },
  },
  ...moments.map(closesOnAbort),
  {
    name: "closes the connection when aborted while the request is sent (T03)",
    run: async (context) => {
      const [began, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const server = context.serve(async (peer) => {
        await peer.receive();
        began.resolve();
        await aborted.promise; // Until then nothing is read, so that the client cannot send all.
        await peer.drain();
      });
      const controller = new AbortController();
      const request = post(server.url(), "x".repeat(20_000_000));
      const answer = failureOf(context.client().send(request, controller.signal));
      await began.promise;
      controller.abort();
      assertEquals((await answer).kind, "client_closed");
      aborted.resolve();
      await server.peers[0]?.left;
      assert((server.peers[0]?.receivedBytes ?? 0) < 20_000_000, "It went on sending");
    },
  },
  ...bodies.map((body) => endsBody(body, "abort")),
  ...bodies.map((body) => endsBody(body, "cancel")),
  {
    name: "closes the connection on cancel before the first read (T03)",
    run: async (context) => {
      const { server } = silentServer(context, `${OK}content-length: 9\r\n\r\nhello`);
      const response = await context.client().send(post(server.url()), never());
      response.body.cancel();
      await assertLeft(server);
    },
  },
  {
    name: "closes the connection of a stream that is not read, when aborted",
    run: async (context) => {
      const { server } = silentServer(context, `${OK}content-length: 9\r\n\r\nhello`);
      const controller = new AbortController();
      await context.client().send(post(server.url()), controller.signal);
      controller.abort();
      await assertLeft(server);
    },
  },
  {
    name: "rejects with the reason of the signal where that is a GatewayError",
    run: async (context) => {
      const { server, received } = silentServer(context, "");
      const controller = new AbortController();
      const answer = failureOf(context.client().send(post(server.url()), controller.signal));
      await received;
      const reason = new GatewayError("shutting_down", "The gateway is shutting down");
      controller.abort(reason);
      assertStrictEquals(await answer, reason);
      await assertLeft(server);
    },
  },
  {
    name: "does nothing on abort after the answer is complete",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        while (true) {
          await peer.request();
          await peer.send(`${OK}content-length: 5\r\n\r\nhello`);
        }
      });
      const client = context.client();
      const controller = new AbortController();
      const first = await client.send(post(server.url()), controller.signal);
      assertEquals((await readBody(first.body)).text, "hello");
      controller.abort();
      first.body.cancel();
      assertEquals(await first.body.read(), null);
      const second = await client.send(post(server.url()), never());
      assertEquals((await readBody(second.body)).text, "hello");
      assertEquals(server.peers.length, 1, "The connection was kept");
    },
  },
  {
    name: "rejects at once when aborted while it connects",
    run: async (context) => {
      const server = context.serve((peer) => peer.drain());
      const controller = new AbortController();
      // A TLS handshake that nobody answers.
      const url = new URL(`https://127.0.0.1:${server.port}/`);
      const answer = failureOf(context.client().send(post(url), controller.signal));
      await until(() => server.peers.length > 0);
      controller.abort();
      assertEquals((await answer).kind, "client_closed");
    },
  },
  {
    name: "leaves no listener on the signal of a call that is over",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: 5\r\n\r\nhello`);
      });
      const signal = new CountingSignal();
      const response = await context.client().send(get(server.url()), signal.signal);
      await readBody(response.body);
      assert(signal.hasHadListeners);
      assertEquals(signal.listeners, 0);
    },
  },
];

/** Counts the listeners of an abort signal. */
class CountingSignal {
  readonly signal = new AbortController().signal;
  listeners = 0;
  hasHadListeners = false;

  constructor() {
    const add = this.signal.addEventListener.bind(this.signal);
    const remove = this.signal.removeEventListener.bind(this.signal);
    this.signal.addEventListener = (...parameters: Parameters<typeof add>) => {
      this.listeners++;
      this.hasHadListeners = true;
      add(...parameters);
    };
    this.signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
      this.listeners--;
      remove(...parameters);
    };
  }
}
