/** Bounds of the WebSocket service; none is unlimited. */

import * as z from "zod";

export const webSocketOptions = z.strictObject({
  maxConnections: z.int().min(1).max(100_000).default(1_000).describe(
    "WebSocket connections at the same time; more are answered with 503.",
  ).meta({ variable: "WS_MAX_CONNECTIONS" }),
  heartbeatIntervalMs: z.int().min(100).max(3_600_000).default(30_000).describe(
    "Time between two heartbeats of a WebSocket connection. A client that is silent for half of it is pinged, and taken for dead when it stays silent for the rest.",
  ).meta({ variable: "WS_HEARTBEAT_INTERVAL" }),
  maxMessageBytes: z.int().min(1_024).max(67_108_864).default(52_428_800).describe(
    "Larger WebSocket messages, their fragments together, are answered with an error; one that is 16 MiB larger closes its connection.",
  ).meta({ variable: "WS_MAX_MESSAGE_BYTES" }),
  maxRequestsInFlight: z.int().min(1).max(1_024).default(16).describe(
    "Requests that run at the same time on one WebSocket connection.",
  ).meta({ variable: "WS_MAX_REQUESTS_IN_FLIGHT" }),
  maxBufferedBytes: z.int().min(1_024).max(67_108_864).default(65_536).describe(
    "Bytes that may wait for a WebSocket client. Above it the answers of its requests wait at their upstreams, and as many bytes of answers to other messages end the connection.",
  ).meta({ variable: "WS_MAX_BUFFERED_BYTES" }),
  stallTimeoutMs: z.int().min(100).max(3_600_000).default(30_000).describe(
    "A WebSocket client that takes none of what waits for it for so long is disconnected.",
  ).meta({ variable: "WS_STALL_TIMEOUT_MS" }),
}).prefault({});

export type WebSocketOptions = z.output<typeof webSocketOptions>;
