/** Bounds and clocks of the connections that clients open; every one has a default and none is unlimited. */

import * as z from "zod";

const durationMs = z.int().min(1).max(86_400_000);

export const httpServerOptions = z.strictObject({
  maxConnections: z.int().min(1).max(1_000_000).default(16_384).describe(
    "Most connections of clients at a time, in each thread; one beyond them is answered 503 and closed.",
  ).meta({ variable: "MAX_CONNECTIONS", needsRestart: true }),
  maxConnectionsPerAddress: z.int().min(1).max(1_000_000).default(8_192).describe(
    "The same for each address that connects, which may be a proxy's.",
  ).meta({ variable: "MAX_CONNECTIONS_PER_ADDRESS", needsRestart: true }),
  maxHeadBytes: z.int().min(1_024).max(1_048_576).default(32_768).describe(
    "Longest head of a request: its first line and its header fields; a longer one is refused with 431.",
  ).meta({ variable: "MAX_REQUEST_HEAD_BYTES", needsRestart: true }),
  maxHeadFields: z.int().min(8).max(10_000).default(128).describe(
    "Most header fields of a request, or trailers of its body; more are refused with 431.",
  ).meta({ variable: "MAX_REQUEST_HEADERS", needsRestart: true }),
  maxTargetBytes: z.int().min(256).max(1_048_576).default(8_192).describe(
    "Longest target of a request, path and query; a longer one is refused with 414.",
  ).meta({ variable: "MAX_REQUEST_TARGET_BYTES", needsRestart: true }),
  headTimeoutMs: durationMs.default(30_000).describe(
    "Time allowed for a request's head, from the connection or its first byte; a later one is refused with 408.",
  ).meta({ variable: "REQUEST_HEAD_TIMEOUT_MS", needsRestart: true }),
  idleTimeoutMs: durationMs.default(75_000).describe(
    "Time after which a client's connection is closed that carries no request.",
  ).meta({ variable: "CLIENT_IDLE_CONNECTION_MS", needsRestart: true }),
  writeStallTimeoutMs: durationMs.default(150_000).describe(
    "Longest time for which a client may take nothing of what waits for it; then its connection is closed, whatever it carries.",
  ).meta({ variable: "WRITE_STALL_TIMEOUT_MS", needsRestart: true }),
  maxRequestsPerConnection: z.int().min(1).max(1_000_000_000).default(100_000).describe(
    "Requests after which a client's connection is closed.",
  ).meta({ variable: "MAX_REQUESTS_PER_CONNECTION", needsRestart: true }),
  maxDiscardedBytes: z.int().min(0).max(1_073_741_824).default(262_144).describe(
    "Bytes of a request's body that are read after its answer, so that the connection can be used again; one with more is closed.",
  ),
  discardTimeoutMs: durationMs.default(5_000).describe("Time allowed for reading those."),
}).prefault({});

export type HttpServerOptions = z.output<typeof httpServerOptions>;

export const tlsOptions = z.strictObject({
  cert: z.string().min(1).max(4_096).optional().describe(
    "File with the certificate and those that vouch for it (PEM): `PORT` then speaks HTTPS, or `TLS_PORT` beside it. Read again when it changes.",
  ).meta({ variable: "TLS_CERT", needsRestart: true }),
  key: z.string().min(1).max(4_096).optional().describe("File with its key (PEM).")
    .meta({ variable: "TLS_KEY", needsRestart: true }),
  port: z.int().min(0).max(65_535).optional().describe(
    "Port for HTTPS; without it `PORT` speaks HTTPS and nothing else.",
  ).meta({ variable: "TLS_PORT", needsRestart: true }),
}).refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
  error: "needs both TLS_CERT and TLS_KEY",
}).refine(({ cert, port }) => cert !== undefined || port === undefined, {
  error: "needs TLS_CERT and TLS_KEY where TLS_PORT is set",
}).prefault({});

export type TlsOptions = z.output<typeof tlsOptions>;
