/** The transport contract: TLS, and the proxy on the way to it. */

import { assert, assertEquals } from "@std/assert";
import type { TransportOptions } from "../../src/transport/transport_options.ts";
import {
  authorityCertificate,
  certificateKey,
  expiredCertificate,
  goodCertificate,
  otherNameCertificate,
  selfSignedCertificate,
} from "./certificates.ts";
import { failureOf, get, never, post, readBody, within } from "./contract.ts";
import type { ContractCase, ContractContext } from "./contract.ts";
import type { RawPeer, RawServer } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\n";

async function sayWhich(peer: RawPeer): Promise<void> {
  while (true) {
    await peer.request();
    await peer.send(`${OK}content-length: 1\r\n\r\n${peer.index}`);
  }
}

function serveTls(context: ContractContext, cert: string, script = sayWhich): RawServer {
  return context.serve(script, { cert, key: certificateKey });
}

const accepted: readonly { name: string; cert: string; ca: string; hostname: string }[] = [
  {
    name: "a configured authority, by name",
    cert: goodCertificate,
    ca: authorityCertificate,
    hostname: "localhost",
  },
  {
    name: "a configured authority, by address",
    cert: goodCertificate,
    ca: authorityCertificate,
    hostname: "127.0.0.1",
  },
  {
    name: "itself, where that is configured",
    cert: selfSignedCertificate,
    ca: selfSignedCertificate,
    hostname: "localhost",
  },
];

const refused: readonly { name: string; cert: string; ca: string[]; message: string }[] = [
  {
    name: "an unknown authority",
    cert: goodCertificate,
    ca: [],
    message: "The upstream's TLS certificate is not valid: its issuer is not trusted",
  },
  {
    name: "itself",
    cert: selfSignedCertificate,
    ca: [authorityCertificate],
    message: "The upstream's TLS certificate is not valid: its issuer is not trusted",
  },
  {
    name: "a configured authority, for another name",
    cert: otherNameCertificate,
    ca: [authorityCertificate],
    message: "The upstream's TLS certificate is not valid: it was issued for another name",
  },
  {
    name: "a configured authority, until 2021",
    cert: expiredCertificate,
    ca: [authorityCertificate],
    message: "The upstream's TLS certificate is not valid: it has expired",
  },
];

const certificates: readonly ContractCase[] = [
  ...accepted.map(({ name, cert, ca, hostname }): ContractCase => ({
    name: `accepts a certificate issued by ${name}, and keeps the connection`,
    run: async (context) => {
      const server = serveTls(context, cert);
      const client = context.client({ caCerts: [ca] });
      for (let count = 0; count < 3; count++) {
        const { body } = await client.send(post(server.url("/", hostname)), never());
        assertEquals((await readBody(body)).text, "0");
      }
    },
  })),
  ...refused.map(({ name, cert, ca, message }): ContractCase => ({
    name: `refuses a certificate issued by ${name}`,
    run: async (context) => {
      const server = serveTls(context, cert);
      const url = server.url("/", "localhost");
      const failure = await failureOf(context.client({ caCerts: ca }).send(post(url), never()));
      assertEquals([failure.kind, failure.message], ["upstream_unreachable", message]);
    },
  })),
  {
    name: "says that a server does not speak TLS",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.receive();
        await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
      const url = new URL(`https://localhost:${server.port}/`);
      const failure = await failureOf(context.client().send(post(url), never()));
      assertEquals([failure.kind, failure.message], [
        "upstream_unreachable",
        "The upstream did not complete the TLS handshake",
      ]);
    },
  },
  {
    name: "closes a TLS connection on cancel (T01)",
    run: async (context) => {
      const server = serveTls(context, goodCertificate, async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: 9\r\n\r\nhello`);
      });
      const client = context.client({ caCerts: [authorityCertificate] });
      const { body } = await client.send(post(server.url("/", "localhost")), never());
      await body.read();
      body.cancel();
      await within(250, server.peers[0]?.left ?? Promise.resolve());
    },
  },
  {
    name: "reads a long body over TLS without a byte lost",
    run: async (context) => {
      const text = "0123456789abcdef".repeat(100_000);
      const server = serveTls(context, goodCertificate, async (peer) => {
        await peer.request();
        await peer.send(`${OK}content-length: ${text.length}\r\n\r\n${text}`);
      });
      const client = context.client({ caCerts: [authorityCertificate] });
      const { body } = await client.send(get(server.url("/", "localhost")), never());
      const { text: received, failure } = await readBody(body);
      assertEquals(failure, undefined);
      assert(received === text);
    },
  },
];

/** A proxy that answers CONNECT with `status`, and then passes bytes on where that is 200. */
function serveProxy(context: ContractContext, target: RawServer, status: number) {
  const requests: string[] = [];
  const proxy = context.serve(async (peer) => {
    requests.push(await peer.request());
    await peer.send(`HTTP/1.1 ${status} Whatever\r\n\r\n`);
    if (status === 200) await peer.join(target.port);
    else peer.close();
  });
  return { proxy, requests };
}

function proxyOptions(proxy: RawServer, noProxy = ""): Partial<TransportOptions> {
  const httpsProxy = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
  return { httpsProxy, noProxy, caCerts: [authorityCertificate] };
}

const proxies: readonly ContractCase[] = [
  {
    name: "asks the proxy for a tunnel, and keeps it",
    run: async (context) => {
      const server = serveTls(context, goodCertificate);
      const { proxy, requests } = serveProxy(context, server, 200);
      const client = context.client(proxyOptions(proxy));
      for (let count = 0; count < 2; count++) {
        const { body } = await client.send(post(server.url("/", "localhost")), never());
        assertEquals((await readBody(body)).text, "0");
      }
      assertEquals(requests.length, 1);
      const [head = ""] = requests;
      assertEquals(head.split("\r\n")[0], `CONNECT localhost:${server.port} HTTP/1.1`);
      assert(head.toLowerCase().includes(`\r\nhost: localhost:${server.port}\r\n`));
      assert(head.includes(`: Basic ${btoa("user:p@ss")}\r\n`));
    },
  },
  {
    name: "says that the proxy refused",
    run: async (context) => {
      const server = serveTls(context, goodCertificate);
      const { proxy } = serveProxy(context, server, 403);
      const client = context.client(proxyOptions(proxy));
      const failure = await failureOf(client.send(post(server.url("/", "localhost")), never()));
      assertEquals(failure.kind, "upstream_unreachable");
      assertEquals(server.peers.length, 0);
    },
  },
  {
    name: "says that the proxy is not there",
    run: async (context) => {
      const server = serveTls(context, goodCertificate);
      const { proxy } = serveProxy(context, server, 200);
      const client = context.client(proxyOptions(proxy));
      await proxy.stop();
      const failure = await failureOf(client.send(post(server.url("/", "localhost")), never()));
      assertEquals(failure.kind, "upstream_unreachable");
    },
  },
  {
    name: "goes past the proxy where it is told to",
    run: async (context) => {
      const server = serveTls(context, goodCertificate);
      const { proxy, requests } = serveProxy(context, server, 200);
      const client = context.client(proxyOptions(proxy, "example.com, localhost"));
      const { body } = await client.send(post(server.url("/", "localhost")), never());
      assertEquals((await readBody(body)).text, "0");
      assertEquals(requests, []);
    },
  },
  {
    name: "does not let a proxy answer in the upstream's place",
    except: { fetch: "it fails, but as a broken TLS handshake" },
    run: async (context) => {
      const server = serveTls(context, goodCertificate);
      const proxy = context.serve(async (peer) => {
        await peer.request();
        await peer.send(`HTTP/1.1 200 OK\r\n\r\n${OK}content-length: 2\r\n\r\nhi`);
      });
      const client = context.client(proxyOptions(proxy));
      const failure = await failureOf(client.send(post(server.url("/", "localhost")), never()));
      assertEquals(
        failure.message,
        "The proxy on the way to the upstream talked before the upstream could",
      );
    },
  },
];

/** What a transport does about TLS and proxies. */
export const tlsCases: readonly ContractCase[] = [...certificates, ...proxies];
