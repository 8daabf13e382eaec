/**
 * Which upstreams are reached through the proxy.
 *
 * @module
 */

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
