/**
 * What a transport is told.
 *
 * @module
 */

import * as z from "zod";
import { SECRET } from "../core/text/secret.ts";

/** Connections to upstreams. Every bound has a default; none is unlimited. */
export const transportOptions = z.strictObject({
  connectTimeoutMs: z.int().min(1).max(600_000).default(10_000)
    .describe("Time allowed for connecting, from name lookup to the end of the TLS handshake.")
    .meta({ variable: "CONNECT_TIMEOUT_MS" }),
  headersTimeoutMs: z.int().min(1).max(86_400_000).default(300_000)
    .describe("Time allowed from sending a request to the headers of its answer.")
    .meta({ variable: [{ name: "TIMEOUT", unit: "seconds" }, "FIRST_BYTE_TIMEOUT_MS"] }),
  maxHeaderBytes: z.int().min(1_024).max(1_048_576).default(65_536)
    .describe("Longest head of an answer; a longer one is an invalid answer."),
  maxHeaders: z.int().min(1).max(10_000).default(256)
    .describe("Most header fields in an answer; more are an invalid answer."),
  maxConnectionsPerOrigin: z.int().min(1).max(1_000_000).default(4_096)
    .describe("Most connections to one origin; a request beyond them fails at once.")
    .meta({ variable: "MAX_CONNECTIONS_PER_UPSTREAM" }),
  maxIdleConnectionsPerOrigin: z.int().min(0).max(100_000).default(128)
    .describe("Most connections to one origin that are kept open without a request.")
    .meta({ variable: "MAX_IDLE_CONNECTIONS_PER_UPSTREAM" }),
  idleConnectionMs: z.int().min(1).max(86_400_000).default(60_000)
    .describe("Time after which a connection without a request is closed.")
    .meta({ variable: "IDLE_CONNECTION_MS" }),
  caCerts: z.array(
    z.string().min(1).refine(
      holdsCertificates,
      "must be a certificate as PEM, from -----BEGIN CERTIFICATE----- to its END; a path is not read",
    ),
  ).max(1_000).default([])
    .describe("Certificates (PEM) trusted in addition to the runtime's own."),
  privateHosts: z.array(
    z.string().max(255).regex(
      /^(\*|\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/i,
      "must be a host's name such as vllm, a suffix such as .internal, or *",
    ),
  ).max(1_000).default([])
    .describe(
      "Hosts of upstreams whose names may stand for private addresses: names, `.suffixes` and `*`. One written as an IP address or `localhost` always may; a cloud's metadata service never.",
    )
    .meta({ variable: "PRIVATE_UPSTREAM_HOSTS" }),
  httpsProxy: z.url({
    protocol: /^http$/,
    error: "must be an address of a proxy, such as http://proxy:3128",
  }).meta(SECRET).optional()
    .describe("Proxy for `https` upstreams, such as `http://user:password@proxy:3128`.")
    .meta({ variable: "HTTPS_PROXY" }),
  noProxy: z.string().max(65_536).default("")
    .describe("Hosts reached without the proxy: names, `.suffixes` and `*`, split by commas.").meta(
      { variable: "NO_PROXY" },
    ),
}).prefault({});

/** Parsed options of a transport. */
export type TransportOptions = z.output<typeof transportOptions> & {
  /** For credentials alone: clouds' metadata services may be reached. */
  readonly reachesMetadata?: boolean;
};

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;
/** What a certificate begins with in DER: a sequence of some length, and a sequence in it. */
const DER_START = /^0\x82[^]{2}0|^0\x83[^]{3}0|^0\x81[^]0/;

/** One certificate or several, as PEM; what stands between them is for people. */
function holdsCertificates(text: string): boolean {
  const blocks = [...text.matchAll(BLOCK)];
  return blocks.length > 0 && blocks.length === text.split("-----BEGIN").length - 1 &&
    blocks.every(([, base64 = ""]) => isCertificate(base64));
}

/** Not by `X509Certificate`, which Deno 2.4 does not make of every certificate. */
function isCertificate(base64: string): boolean {
  try {
    return DER_START.test(atob(base64));
  } catch {
    return false;
  }
}
