/** The transport contract: connections that carry more than one call. */

import { assertEquals } from "@std/assert";
import type { TransportClient } from "../../src/transport/http1_transport.ts";
import { failureOf, never, post, readBody, within } from "./contract.ts";
import type { ContractCase } from "./contract.ts";
import type { RawPeer, RawServer } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const HELLO = `${OK}content-length: 5\r\n\r\nhello`;

/** Makes a call and reads its answer. */
async function call(client: TransportClient, server: RawServer): Promise<string> {
  const response = await client.send(post(server.url()), never());
  const { text, failure } = await readBody(response.body);
  if (failure !== undefined) throw failure;
  return text;
}

/** Answers every request with the number of its connection, counted from 0. */
async function sayWhich(peer: RawPeer): Promise<void> {
  while (true) {
    await peer.request();
    await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
  }
}

/** Answers after which the connection must not be used again. */
const lastAnswers: readonly { name: string; wire: string; exceptFetch?: string }[] = [
  { name: "one that says close", wire: `${OK}connection: close\r\ncontent-length: 5\r\n\r\nhello` },
  {
    name: "one that says close among others",
    wire: `${OK}connection: x, Close\r\ncontent-length: 5\r\n\r\nhello`,
  },
  {
    name: "HTTP/1.0 that does not say keep-alive",
    wire: "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",
  },
  { name: "one with bytes after it", wire: `${HELLO}HTTP/1.1 200 OK\r\n` },
  { name: "one with a whole answer after it", wire: `${HELLO}${HELLO}` },
  {
    name: "chunks with bytes after them",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nx`,
  },
];

/**
 * What nobody asked for, in a packet of its own right after the answer: 20 times, because it is a race. Not after
 * a timer, which a busy machine may let fire after the rest that it is to fall into.
 */
const lateAnswer: ContractCase = {
  name: "takes no late answer that nobody asked for as that of the next call",
  except: { fetch: "the runtime keeps connections by its own rules" },
  run: async (context) => {
    const server = context.serve(async (peer) => {
      while (true) {
        const request = await peer.request();
        const marker = /marker=\d+/.exec(request)?.[0] ?? "";
        await peer.send(`${OK}content-length: ${marker.length}\r\n\r\n${marker}`);
        await peer.send(HELLO);
      }
    });
    const client = context.client();
    for (let count = 0; count < 20; count++) {
      const { body } = await client.send(post(server.url(`/?marker=${count}`)), never());
      assertEquals((await readBody(body)).text, `marker=${count}`);
    }
  },
};

function leavesAfter({ name, wire, exceptFetch }: (typeof lastAnswers)[number]): ContractCase {
  return {
    name: `does not use a connection again after ${name}`,
    ...(exceptFetch === undefined ? {} : { except: { fetch: exceptFetch } }),
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(peer.index === 0 ? wire : `${OK}content-length: 1\r\n\r\n${peer.index}`);
        await peer.drain();
      });
      const client = context.client();
      assertEquals(await call(client, server), "hello");
      assertEquals(await call(client, server), "1");
      await server.peers[0]?.left;
    },
  };
}

const SENDS_AGAIN = "Deno 2.4 sends nothing again, Deno 2.9 whatever fails on a used connection";

const stale: readonly ContractCase[] = [
  {
    name: "notices that the server closed an idle connection (T39)",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
        peer.close();
      });
      const client = context.client();
      for (const index of ["0", "1", "2"]) assertEquals(await call(client, server), index);
    },
  },
  {
    name: "sends a request again that met a closing connection (T39)",
    except: { fetch: SENDS_AGAIN },
    run: async (context) => {
      const requests: string[] = [];
      const server = context.serve(async (peer) => {
        requests.push(await peer.request());
        await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
        if (peer.index > 0) return;
        requests.push(await peer.request());
        peer.close();
      });
      const client = context.client();
      let resends = 0;
      for (const index of ["0", "1"]) {
        const request = { ...post(server.url()), onResend: () => void resends++ };
        const { body } = await client.send(request, never());
        assertEquals((await readBody(body)).text, index);
      }
      assertEquals([requests.length, resends], [3, 1]);
      assertEquals(requests[2], requests[1], "The same request, to the byte");
    },
  },
  {
    name: "does not send a request again on a connection of its own",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        peer.close();
      });
      const client = context.client();
      const failure = await failureOf(client.send(post(server.url()), never()));
      assertEquals(failure.kind, "upstream_truncated");
      assertEquals(server.peers.length, 1);
    },
  },
  {
    name: "does not send a request again of whose answer it saw a byte",
    except: { fetch: SENDS_AGAIN },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(HELLO);
        await peer.request();
        await peer.send("H");
        peer.close();
      });
      const client = context.client();
      assertEquals(await call(client, server), "hello");
      const failure = await failureOf(client.send(post(server.url()), never()));
      assertEquals(failure.kind, "upstream_truncated");
      assertEquals(server.peers.length, 1);
    },
  },
  {
    name: "does not send a request again that the server worked on (T17)",
    except: { fetch: SENDS_AGAIN },
    run: async (context) => {
      const second = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(HELLO);
        await peer.request();
        context.clock.advance(1_000);
        peer.close();
        second.resolve();
      });
      const client = context.client();
      assertEquals(await call(client, server), "hello");
      const failure = await failureOf(client.send(post(server.url()), never()));
      await second.promise;
      assertEquals(failure.kind, "upstream_truncated");
      assertEquals(server.peers.length, 1);
    },
  },
];

/** How a transport uses its connections. */
export const connectionCases: readonly ContractCase[] = [
  lateAnswer,
  {
    name: "uses one connection for calls after each other",
    run: async (context) => {
      const server = context.serve(sayWhich);
      const client = context.client();
      for (let count = 0; count < 20; count++) assertEquals(await call(client, server), "0");
    },
  },
  {
    name: "uses a connection each for calls at the same time, and keeps them",
    run: async (context) => {
      const server = context.serve(sayWhich);
      const client = context.client();
      const three = () => Promise.all([1, 2, 3].map(() => call(client, server)));
      assertEquals((await three()).toSorted(), ["0", "1", "2"]);
      assertEquals((await three()).toSorted(), ["0", "1", "2"]);
    },
  },
  {
    name: "keeps HTTP/1.0 connections where the server offers it",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        while (true) {
          await peer.request();
          await peer.send(
            `HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n${peer.index}`,
          );
        }
      });
      const client = context.client();
      assertEquals(await call(client, server), "0");
      assertEquals(await call(client, server), "0");
    },
  },
  ...lastAnswers.map(leavesAfter),
  {
    name: "closes an idle connection on which the server talks unasked",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
        if (peer.index > 0) return;
        await called.promise;
        await peer.send(`${OK}content-length: 6\r\n\r\nforged`);
      });
      const called = Promise.withResolvers<void>();
      const client = context.client();
      assertEquals(await call(client, server), "0");
      called.resolve();
      await within(10_000, server.peers[0]?.left ?? Promise.resolve());
      assertEquals(await call(client, server), "1");
    },
  },
  ...stale,
  {
    name: "reads an answer that comes before the request is sent, on a closed connection (T49)",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.receive();
        await peer.send(
          "HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig",
        );
        await peer.closeWrite();
        await peer.drain();
      });
      const client = context.client();
      const response = await client.send(post(server.url(), "x".repeat(20_000_000)), never());
      assertEquals(response.status, 413);
      assertEquals((await readBody(response.body)).text, "big");
    },
  },
  {
    name: "does not use a connection again whose request was not sent in full",
    except: { fetch: "the runtime goes on sending what nobody reads" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.receive();
        await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
        // What is not read keeps the client from sending the rest.
        await called.promise;
        await peer.drain();
      });
      const called = Promise.withResolvers<void>();
      const client = context.client();
      const response = await client.send(post(server.url(), "x".repeat(20_000_000)), never());
      assertEquals((await readBody(response.body)).text, "0");
      assertEquals(await call(client, server), "1");
      called.resolve();
      await server.peers[0]?.left;
    },
  },
  {
    name: "ends a body whose server closes its half of the connection",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}\r\nhello`);
        await peer.closeWrite();
        await peer.drain();
      });
      assertEquals(await call(context.client(), server), "hello");
      await server.peers[0]?.left;
    },
  },
  {
    name: "closes its idle connections when it is closed",
    run: async (context) => {
      const server = context.serve(sayWhich);
      const client = context.client();
      assertEquals(await call(client, server), "0");
      client.close();
      await server.peers[0]?.left;
    },
  },
];
