/** The transport contract: what leaves with a request, and what of an answer is handed on. */

import { assertEquals, assertMatch } from "@std/assert";
import { failureOf, get, never, post, readBody } from "./contract.ts";
import type { ContractCase, ContractContext } from "./contract.ts";
import type { HeaderList, ProviderRequest } from "../../src/core/provider/transport.ts";
import { bytesOf } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const FETCH_ADDS = "fetch adds accept, accept-language and user-agent where they are not given";

/** Sends a request and returns it as the server saw it. */
async function sent(context: ContractContext, request: ProviderRequest): Promise<string> {
  const received = Promise.withResolvers<string>();
  const server = context.serve(async (peer) => {
    received.resolve(await peer.request());
    await peer.send(`${OK}content-length: 0\r\n\r\n`);
  });
  const url = new URL(request.url.pathname + request.url.search, server.url());
  const { body } = await context.client().send({ ...request, url }, never());
  assertEquals(await body.read(), null);
  return (await received.promise).replaceAll(`127.0.0.1:${server.port}`, "HOST");
}

const url = new URL("http://HOST/v1/chat?a=b%20c&d=%0D%0A");

const requests: readonly ContractCase[] = [
  {
    name: "sends a request with its headers and no others",
    except: { fetch: FETCH_ADDS },
    run: async (context) => {
      const request = await sent(context, {
        method: "POST",
        url,
        headers: [["authorization", "Bearer key"], ["x-title", "caf\xe9"]],
        body: bytesOf("\x00\xff\r\n"),
      });
      assertEquals(
        request,
        "POST /v1/chat?a=b%20c&d=%0D%0A HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer key\r\n" +
          "x-title: caf\xe9\r\naccept-encoding: identity\r\ncontent-length: 4\r\n\r\n\x00\xff\r\n",
      );
    },
  },
  {
    name: "sends a request without a body",
    except: { fetch: FETCH_ADDS },
    run: async (context) => {
      const request = await sent(context, get(url));
      assertEquals(
        request,
        "GET /v1/chat?a=b%20c&d=%0D%0A HTTP/1.1\r\nhost: HOST\r\naccept-encoding: identity\r\n\r\n",
      );
    },
  },
  {
    name: "says that a POST has no body",
    run: async (context) => {
      const request = await sent(context, { ...get(url), method: "POST" });
      assertMatch(request, /\r\ncontent-length: 0\r\n/);
    },
  },
  {
    name: "sends bytes of all values, in order, in a long body",
    run: async (context) => {
      const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) & 0xff);
      const request = await sent(context, { method: "PUT", url, headers: [], body });
      assertEquals(bytesOf(request.slice(request.indexOf("\r\n\r\n") + 4)), body);
    },
  },
  {
    name: "asks for the content encoding that the caller asks for",
    run: async (context) => {
      const headers = [["accept-encoding", "gzip"]] as const;
      assertMatch(await sent(context, { ...get(url), headers }), /\r\naccept-encoding: gzip\r\n/);
    },
  },
  {
    name: "sends no headers of the hop (T45)",
    run: async (context) => {
      const hop = ["connection", "keep-alive", "te", "trailer", "upgrade", "expect", "host"];
      const headers = [...hop, "transfer-encoding", "content-length", "proxy-authorization"]
        .flatMap((name) => [[name, "forged"], [name.toUpperCase(), "forged"]] as const);
      const request = await sent(context, { ...post(url), headers });
      assertEquals(request.includes("forged"), false);
    },
  },
];

const unsendable: readonly { name: string; headers: HeaderList }[] = [
  { name: "CR LF in a value", headers: [["x", "a\r\nb: c"]] },
  { name: "NUL in a value", headers: [["x", "a\0b"]] },
  { name: "a character beyond Latin-1", headers: [["x", "\u4e2d"]] },
  { name: "a space in a name", headers: [["x y", "a"]] },
  { name: "a colon in a name", headers: [["transfer-encoding: chunked", "a"]] },
  { name: "an empty name", headers: [["", "a"]] },
];

function refusesToSend({ name, headers }: (typeof unsendable)[number]): ContractCase {
  return {
    name: `does not send a header with ${name}`,
    run: async (context) => {
      const server = context.serve((peer) => peer.drain());
      const request = { ...get(server.url()), headers };
      const failure = await failureOf(context.client().send(request, never()));
      assertEquals(failure.kind, "invalid_request");
      assertEquals(server.peers.length, 0);
    },
  };
}

/** Answers with `head` and `body`, and returns what the transport makes of it. */
async function received(context: ContractContext, head: string, body: Uint8Array<ArrayBuffer>) {
  const server = context.serve(async (peer) => {
    await peer.request();
    await peer.send(`${OK}content-length: ${body.length}\r\n${head}\r\n`, body);
  });
  const headers = [["accept-encoding", "gzip"]] as const;
  return await context.client().send({ ...get(server.url()), headers }, never());
}

const answers: readonly ContractCase[] = [
  {
    name: "hands on headers as they came, but those of the hop (T44, T45, T46)",
    run: async (context) => {
      const { headers, body } = await received(
        context,
        "X-One:  a b \t\r\nx-one: c\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nx-empty:\r\n" +
          "x-latin: caf\xe9\xa0\r\nconnection: x-private, Keep-Alive\r\nx-private: 1\r\n" +
          "keep-alive: timeout=5\r\nproxy-authenticate: Basic\r\nupgrade: h2c\r\ntrailer: x\r\n",
        new Uint8Array(0),
      );
      assertEquals(await body.read(), null);
      assertEquals([...headers].toSorted(), [
        ["set-cookie", "a=1, b=2"],
        ["x-empty", ""],
        ["x-latin", "caf\xe9\xa0"],
        ["x-one", "a b, c"],
      ]);
    },
  },
  {
    name: "undoes gzip and says no more of it (T44)",
    run: async (context) => {
      const text = "0123456789".repeat(20_000);
      const { headers, body } = await received(
        context,
        "content-encoding: gzip\r\ncontent-type: text/plain\r\n",
        await gzip(text),
      );
      assertEquals([...headers], [["content-type", "text/plain"]]);
      assertEquals((await readBody(body)).text, text);
    },
  },
  {
    name: "undoes gzip that was not asked for (T44)",
    run: async (context) => {
      const packed = await gzip("hello");
      const server = context.serve(async (peer) => {
        await peer.request();
        const head = `${OK}content-encoding: x-gzip\r\ncontent-length: ${packed.length}\r\n\r\n`;
        await peer.send(head, packed);
      });
      const { body } = await context.client().send(get(server.url()), never());
      assertEquals((await readBody(body)).text, "hello");
    },
  },
  {
    name: "refuses a body that is not the gzip it says to be",
    run: async (context) => {
      const packed = await gzip("hello");
      packed.fill(0xff, 10);
      const { body } = await received(context, "content-encoding: gzip\r\n", packed);
      const { failure } = await readBody(body);
      assertEquals(failure?.kind, "upstream_invalid_response");
    },
  },
  {
    name: "calls gzip truncated whose connection ends",
    run: async (context) => {
      const packed = await gzip("hello");
      const server = context.serve(async (peer) => {
        await peer.request();
        const head = `${OK}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`;
        await peer.send(head, packed.subarray(0, 12));
        peer.close();
      });
      const { body } = await context.client().send(get(server.url()), never());
      assertEquals((await readBody(body)).failure?.kind, "upstream_truncated");
    },
  },
  {
    name: "closes the connection when gzip is cancelled",
    run: async (context) => {
      const packed = await gzip("hello");
      const server = context.serve(async (peer) => {
        await peer.request();
        const head = `${OK}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`;
        await peer.send(head, packed.subarray(0, 12));
      });
      const { body } = await context.client().send(get(server.url()), never());
      const pending = failureOf(body.read());
      body.cancel();
      assertEquals((await pending).kind, "client_closed");
      await server.peers[0]?.left;
    },
  },
  ...["deflate", "zstd", "gzip, gzip"].map((coding): ContractCase => ({
    name: `refuses the content encoding ${coding}`,
    run: async (context) => {
      const answer = received(context, `content-encoding: ${coding}\r\n`, bytesOf("hello"));
      assertEquals((await failureOf(answer)).kind, "upstream_invalid_response");
    },
  })),
  {
    name: "needs no content encoding undone where there is no body",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-encoding: zstd\r\ncontent-length: 9\r\n\r\n`);
      });
      const request = { ...get(server.url()), method: "HEAD" };
      const { status, body } = await context.client().send(request, never());
      assertEquals(status, 200);
      assertEquals(await body.read(), null);
    },
  },
  {
    name: "hands out what came in one write as one chunk",
    except: { fetch: "the runtime hands out each HTTP chunk by itself" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        await peer.send(
          `${OK}transfer-encoding: chunked\r\n\r\n${"5\r\nhello\r\n".repeat(200)}0\r\n\r\n`,
        );
      });
      const { body } = await context.client().send(get(server.url()), never());
      assertEquals(await readBody(body), {
        text: "hello".repeat(200),
        chunks: 1,
        failure: undefined,
      });
    },
  },
  {
    name: "hands out a long body without a byte lost",
    run: async (context) => {
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) & 0xff);
      const { body } = await received(context, "", bytes);
      assertEquals(bytesOf((await readBody(body)).text), bytes);
    },
  },
];

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What a transport sends and hands on. */
export const headerCases: readonly ContractCase[] = [
  ...requests,
  ...unsendable.map(refusesToSend),
  ...answers,
];
