/**
 * Asks an HTTP proxy for a tunnel to an upstream.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#name-connect}
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import { Connection } from "../connection.ts";
import type { Socket } from "../connection.ts";
import { ResponseParser } from "../response/response_parser.ts";
import type { TransportOptions } from "../transport_options.ts";

/**
 * Turns a connection to a proxy into one to the upstream.
 *
 * Rejects with `upstream_unreachable` when the proxy refuses. It reads no byte beyond the
 * proxy's answer, for there is none before the TLS handshake begins.
 */
export async function openTunnel(
  socket: Socket,
  url: URL,
  proxy: URL,
  limits: Pick<TransportOptions, "maxHeaderBytes" | "maxHeaders">,
): Promise<void> {
  const authority = `${url.hostname}:${url.port || "443"}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `host: ${authority}`];
  if (proxy.username !== "") lines.push(`proxy-authorization: Basic ${credentialsOf(proxy)}`);
  const connection = new Connection(url.origin, socket);
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));

  const parser = new ResponseParser("CONNECT", limits);
  while (parser.head === undefined && parser.failure === undefined) {
    const count = await connection.receive();
    if (count === null) parser.end();
    else parser.push(connection.received(count));
  }
  const status = parser.head?.status;
  if (status === undefined) throw refusal("answered with something else than HTTP");
  if (status >= 300) throw refusal(`refused with status ${status}`);
  if (parser.hasSurplus) throw refusal("talked before the upstream could");
}

function credentialsOf(proxy: URL): string {
  const text = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function refusal(what: string): GatewayError {
  return new GatewayError("upstream_unreachable", `The proxy on the way to the upstream ${what}`);
}
