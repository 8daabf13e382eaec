/**
 * The transport over Weir's own HTTP/1.1 client.
 *
 * Own code where a library would do, because reading a body through `fetch` is what limits a
 * gateway on Deno (src/README.md, D5). What it leaves out on purpose: HTTP/2, redirects, cookies,
 * `Expect: 100-continue`, brotli, proxies for `http` upstreams.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { InflatedSource } from "../bytes/inflated_source.ts";
import { OutputBuffers } from "../bytes/output_buffers.ts";
import type { ProviderResponse, Transport } from "../core/provider/transport.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { RoundTrip } from "./round_trip.ts";
import { abortReason, corruptBody, unknownContentEncoding } from "./failures.ts";
import { contentCodingOf, incomingHeaders } from "./headers.ts";
import { openSocket } from "./open_socket.ts";
import { OutgoingBody } from "./outgoing_body.ts";
import { encodeRequest } from "./request_encoder.ts";
import type { ResponseHead } from "./response/response_head.ts";
import type { RandomBytes } from "./websocket/open_websocket.ts";
import type { TransportOptions } from "./transport_options.ts";

/** Sends requests over connections of its own. */
export interface TransportClient {
  readonly send: Transport;
  /** Closes the connections that carry no request; those in use end with their answer. */
  close(): void;
}

/** Makes a transport of the own client. */
export function createHttp1Transport(
  options: TransportOptions,
  clock: Clock,
  randomBytes: RandomBytes,
): TransportClient {
  const pool = new ConnectionPool(
    options,
    clock,
    (url, signal) => openSocket(url, signal, options, clock),
  );
  const buffers = new OutputBuffers();
  const context = { pool, clock, options, buffers, randomBytes };
  const send: Transport = async (request, signal) => {
    const body = OutgoingBody.of(request);
    try {
      if (signal.aborted) throw abortReason(signal);
      if (request.webSocket !== undefined) {
        // Most never open one.
        const { openWebSocket } = await import("./websocket/open_websocket.ts");
        return await openWebSocket(request, request.webSocket, signal, context);
      }
      const { method, url } = request;
      // Before a connection is made: it throws for what cannot be sent.
      let outgoing = { encoded: encodeRequest(request, buffers), method, body };
      // A streamed body cannot be sent again where the connection turns out to be stale.
      const taken = body === undefined ? pool.takeIdle(url) : undefined;
      const idle = taken instanceof Promise ? await taken : taken;
      if (idle !== undefined) {
        const roundTrip = new RoundTrip(idle, outgoing, signal, context);
        try {
          return toProviderResponse(await roundTrip.head(), roundTrip);
        } catch (error) {
          if (!roundTrip.isStale) throw error;
          request.onResend?.();
          outgoing = { ...outgoing, encoded: encodeRequest(request, buffers) };
        }
      }
      const connection = await pool.connect(url, signal);
      const roundTrip = new RoundTrip(connection, outgoing, signal, context);
      return toProviderResponse(await roundTrip.head(), roundTrip);
    } catch (error) {
      body?.cancel();
      throw error;
    }
  };
  return { send, close: () => pool.close() };
}

function toProviderResponse(head: ResponseHead, roundTrip: RoundTrip): ProviderResponse {
  const { status, fields, framing, contentEncoding = "", lengthBytes } = head;
  const headers = incomingHeaders(fields);
  const coding = contentCodingOf(contentEncoding);
  if (coding === "identity") {
    return { status, headers, body: roundTrip, ...(lengthBytes !== undefined && { lengthBytes }) };
  }
  // An answer to HEAD states the encoding of a body that it does not have.
  if (framing.kind === "length" && framing.bytes === 0) return { status, headers, body: roundTrip };
  if (coding === "gzip") {
    return { status, headers, body: new InflatedSource(roundTrip, "gzip", corruptBody) };
  }
  roundTrip.cancel();
  throw unknownContentEncoding();
}
