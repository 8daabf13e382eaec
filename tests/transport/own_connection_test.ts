/** A provider whose server is reached in a way of its own. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Connection } from "../../src/core/provider/connection.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { readWhole } from "./read_text.ts";
import { createHttp1Transport } from "../../src/transport/http1_transport.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import { randomBytes } from "../../src/host/runtime.ts";
import { realClock } from "../support/real_clock.ts";
import { authorityCertificate, certificateKey, goodCertificate } from "./certificates.ts";

async function ask(url: string, connection: Connection, proxy?: string): Promise<string> {
  const options = transportOptions.parse(proxy === undefined ? {} : { httpsProxy: proxy });
  const transport = createHttp1Transport(options, realClock, randomBytes);
  try {
    const request = { method: "GET", url: new URL(url), headers: [], connection };
    const { body } = await transport.send(request, new AbortController().signal);
    return await readWhole(body);
  } finally {
    transport.close();
  }
}

Deno.test("a certificate is shown over TLS of the provider's own authority, and never through a proxy", async () => {
  const tls = { cert: goodCertificate, key: certificateKey };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...tls },
    () => new Response("taken"),
  );
  const url = `https://localhost:${server.addr.port}`;
  const clientCertificate = { certificate: goodCertificate, key: certificateKey };
  const caCerts = [authorityCertificate];
  assertEquals(await ask(url, { caCerts }), "taken");
  assertEquals(await ask(url, { caCerts, clientCertificate }), "taken");
  await assertRejects(() => ask(url, { clientCertificate }), GatewayError, "certificate");
  await assertRejects(
    () => ask(url, { caCerts, clientCertificate }, "http://127.0.0.1:1"),
    GatewayError,
    "through a proxy",
  );
});

Deno.test("connections and times are bounded for each provider by itself", async () => {
  const waiting = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async () => {
      await waiting.promise;
      return new Response("late");
    },
  );
  const url = new URL(`http://127.0.0.1:${server.addr.port}`);
  const transport = createHttp1Transport(transportOptions.parse({}), realClock, randomBytes);
  const send = (connection: Connection) =>
    transport.send({ method: "GET", url, headers: [], connection }, new AbortController().signal);
  const one = { maxConnections: 1 };
  const first = send(one);
  await assertRejects(() => send(one), GatewayError, "All 1 connections");
  await assertRejects(() => send({ headersTimeoutMs: 5 }), GatewayError, "within 5 ms");
  waiting.resolve();
  assertEquals(await readWhole((await first).body), "late");
  transport.close();
});
