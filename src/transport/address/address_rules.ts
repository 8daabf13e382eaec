/**
 * Which addresses an upstream may have.
 *
 * An upstream comes from the configuration alone, but what its name stands for is up to whoever runs
 * the name's servers. So a name must not lead into the private network unless the operator says so.
 *
 * @module
 */

import { isIP } from "node:net";
import { GatewayError } from "../../core/gateway_error.ts";
import { METADATA_ADDRESSES, PRIVATE_ADDRESSES } from "./address_ranges.ts";
import type { TransportOptions } from "../transport_options.ts";

type AddressOptions = Pick<TransportOptions, "privateHosts" | "reachesMetadata">;

/**
 * Judges an address that the host of `url` stands for, before anything is sent there.
 *
 * Throws `upstream_unreachable`; its cause is for the operator, and says what to set.
 */
export function checkAddress(
  { hostname }: URL,
  address: string,
  { privateHosts, reachesMetadata = false }: AddressOptions,
): void {
  if (isIP(address) === 0) throw refusal("The upstream's name stands for no IP address");
  if (METADATA_ADDRESSES.has(address)) {
    if (reachesMetadata) return;
    throw refusal("The upstream's address is that of a cloud's metadata service");
  }
  if (isMeant(hostname, privateHosts) || !PRIVATE_ADDRESSES.has(address)) return;
  throw refusal(
    "The upstream's name stands for a private address; " +
      `if that is meant, set PRIVATE_UPSTREAM_HOSTS=${hostname}`,
  );
}

/**
 * Judges the host of `url` by itself, where that is an address; a name is still to be looked up.
 *
 * Returns whether it is an address. Throws as `checkAddress` does.
 */
export function checkHost(url: URL, options: AddressOptions): boolean {
  const address = literalOf(url.hostname);
  if (address !== undefined) checkAddress(url, address, options);
  return address !== undefined;
}

/** Whether an operator who wrote this host knows where it leads. */
function isMeant(hostname: string, privateHosts: readonly string[]): boolean {
  if (literalOf(hostname) !== undefined) return true;
  const name = hostname.replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return privateHosts.some((entry) => {
    const pattern = entry.toLowerCase();
    return pattern === "*" || pattern === name ||
      (pattern.startsWith(".") && name.endsWith(pattern));
  });
}

/** The IP address that a host is; `undefined` for a name. `URL` has spelled every form of it out. */
function literalOf(hostname: string): string | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(address) === 0 ? undefined : address;
}

function refusal(cause: string): GatewayError {
  return new GatewayError(
    "upstream_unreachable",
    "The upstream has an address that must not be called; the log says why",
    { code: "upstream_address_refused", shouldRetry: false, cause },
  );
}
