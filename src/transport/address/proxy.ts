/**
 * Which upstreams are reached through the proxy, and the way through it.
 *
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import { Connection, type Socket } from "../connection.ts";
import { ResponseParser } from "../response/response_parser.ts";
import type { TransportOptions } from "../transport_options.ts";

/**
 * The proxy for a URL, or `undefined` for a direct connection.
 *
 * Only `https` goes through: `http` upstreams are machines nearby, and a proxy would read the key.
 */
export function proxyFor(
  url: URL,
  options: Pick<TransportOptions, "httpsProxy" | "noProxy">,
): URL | undefined {
  if (url.protocol !== "https:" || options.httpsProxy === undefined) return undefined;
  if (isExempt(url, options.noProxy)) return undefined;
  return new URL(options.httpsProxy);
}

/** As curl has it: a name covers its subdomains, `host:port` one port, `*` everything. */
function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port === "" ? "443" : url.port;
  for (const entry of noProxy.toLowerCase().split(",")) {
    const pattern = entry.trim();
    if (pattern === "") continue;
    if (pattern === "*" || url.hostname === `[${pattern}]`) return true;
    const [, name = "", onlyPort] = /^\.?(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
    if (onlyPort !== undefined && onlyPort !== port) continue;
    if (url.hostname === name || url.hostname.endsWith(`.${name}`)) return true;
  }
  return false;
}

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
