/** HTTPS: certificates, those that take the place of others, and handshakes that fail. */

import { assert, assertEquals } from "@std/assert";
import type { Certificate } from "../../src/server/listener.ts";
import {
  authorityCertificate,
  certificateKey,
  goodCertificate,
  selfSignedCertificate,
} from "../transport/certificates.ts";
import { readAnswers } from "./support/answers.ts";
import { echo, openServer } from "./support/own_server.ts";
import { readToEnd, send } from "./support/raw_client.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
const GOOD: Certificate = { cert: goodCertificate, key: certificateKey };

/** The status that a client gets which trusts that authority. */
async function ask(port: number, caCert: string): Promise<number | undefined> {
  using connection = await Deno.connectTls({
    hostname: "localhost",
    port,
    caCerts: [caCert],
  });
  await send(connection, LAST);
  return readAnswers(await readToEnd(connection))[0]?.status;
}

function openSecure() {
  const { server } = openServer((request) => {
    assert(request.isSecure);
    return echo(request);
  });
  const at = { kind: "tcp", hostname: "127.0.0.1", port: 0, reusePort: false } as const;
  return { server, listening: server.listen({ ...at, certificate: GOOD }) };
}

Deno.test("requests over TLS are answered and known to be secure", async () => {
  const { server, listening } = openSecure();
  assertEquals(await ask(listening.port, authorityCertificate), 200);
  server.close();
});

Deno.test("another certificate takes the place of the first, and connections go on", async () => {
  const { server, listening } = openSecure();
  const { port } = listening;
  using before = await Deno.connectTls({
    hostname: "localhost",
    port,
    caCerts: [authorityCertificate],
  });
  await before.handshake();
  await listening.replaceCertificate({ cert: selfSignedCertificate, key: certificateKey });
  assertEquals(listening.port, port);
  let failure: unknown;
  await ask(port, authorityCertificate).catch((thrown) => failure = thrown);
  assert(String(failure).includes("UnknownIssuer"), String(failure));
  await send(before, LAST);
  assertEquals(readAnswers(await readToEnd(before))[0]?.status, 200);
  server.close();
});

Deno.test("a certificate that cannot be used is refused, and the one before serves on", async () => {
  const { server, listening } = openSecure();
  let failure: unknown;
  await listening.replaceCertificate({ cert: "-----BEGIN nothing", key: certificateKey })
    .catch((thrown) => failure = thrown);
  assert(failure instanceof Error);
  assertEquals(await ask(listening.port, authorityCertificate), 200);
  server.close();
});

Deno.test("a client that speaks no TLS, or goes within its handshake, leaves nothing", async () => {
  const { server, listening: { port } } = openSecure();
  const plain = await Deno.connect({ hostname: "127.0.0.1", port });
  await send(plain, LAST);
  await readToEnd(plain);
  plain.close();
  const gone = await Deno.connect({ hostname: "127.0.0.1", port });
  await send(gone, "\x16\x03\x01");
  gone.close();
  // Once the last of three has been answered, the server has met those before it.
  assertEquals(await ask(port, authorityCertificate), 200);
  await server.drain();
  server.close();
});
