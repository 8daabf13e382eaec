/**
 * Which client a request comes from, for limits: its address, or the /64 network of an IPv6 address,
 * because one host usually has all of that.
 *
 * @module
 */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import type { HeaderReader } from "../core/provider/transport.ts";

const MAX_PROXIES = 32;
/** The longest IPv6 address, with brackets, a zone and a port, is shorter. */
const MAX_ADDRESS_CHARACTERS = 100;
/** Who has no address, such as the other end of a Unix socket, or one that cannot be read. */
const UNKNOWN = "unknown";

const NETWORKS_BY_NAME: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

export const trustProxyOption = z.union([
  z.int().min(0).max(MAX_PROXIES),
  z.string().max(4_000).refine(
    (text) => readTrust(text) !== undefined,
    "must be a number of proxies up to 32, or addresses such as loopback,10.0.0.0/8",
  ),
]).default(0).describe(
  "Proxies in front whose `X-Forwarded-For` is believed: how many there are, or their addresses and networks, also `loopback`, `linklocal`, `uniquelocal`, separated by commas. 0 is none.",
).meta({ variable: "TRUST_PROXY" });

/** Whether what a request's sender says of where it comes from is believed. */
type IsTrusted = (address: string, hop: number) => boolean;

/** Whether a connection comes from one of some proxies, which a valid `proxyAddresses` names. */
export function createIsProxy(addresses: string): (peerAddress: string) => boolean {
  const isTrusted = readTrust(addresses);
  return (peerAddress) => isTrusted?.(normalize(peerAddress) ?? "", 0) ?? false;
}

/** Whether an address leads back to the machine that uses it. */
export const isLoopback = createIsProxy("loopback");

/** Addresses and networks of proxies, without a number of them. */
export const proxyAddresses = z.string().max(4_000).refine(
  (text) => !/^\d*$/.test(text) && readTrust(text) !== undefined,
  "must be addresses such as loopback,10.0.0.0/8",
);

/** The client of a request, as limits count it; `peerAddress` is the other end of its connection. */
export type ClientAddress = (headers: HeaderReader, peerAddress: string) => string;

/**
 * With trusted proxies, `X-Forwarded-For` is read from its end: each proxy adds whom it was reached
 * from, so the first one that is not trusted is the client, and what stands before it is hearsay.
 *
 * @param trustProxy A value of `trustProxyOption`.
 */
export function createClientAddress(trustProxy: number | string): ClientAddress {
  const isTrusted = readTrust(String(trustProxy));
  if (isTrusted === undefined) throw new RangeError("The trusted proxies cannot be read");
  if (Number(trustProxy) === 0) return (_headers, peerAddress) => networkOf(normalize(peerAddress));
  return (headers, peerAddress) => {
    const peer = normalize(peerAddress);
    return networkOf(forwardedFor(headers.get("x-forwarded-for") ?? "", peer, isTrusted));
  };
}

/** The peer itself where a trusted proxy states no address: what stands before that is hearsay too. */
function forwardedFor(
  forwarded: string,
  peer: string | undefined,
  isTrusted: IsTrusted,
): string | undefined {
  let address = peer;
  let end = forwarded.length;
  for (let hop = 0; hop < MAX_PROXIES && end > 0 && isTrusted(address ?? "", hop); hop++) {
    const comma = forwarded.lastIndexOf(",", end - 1);
    address = normalize(forwarded.slice(comma + 1, end).trim());
    if (address === undefined) return peer;
    end = comma;
  }
  return address;
}

/** `undefined` where the text says neither a number of proxies nor addresses. */
function readTrust(text: string): IsTrusted | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const proxies = Number(text);
    return proxies <= MAX_PROXIES ? (_address, hop) => hop < proxies : undefined;
  }
  const trusted = new BlockList();
  for (const item of text.split(",")) {
    const name = item.trim().toLowerCase();
    for (const network of NETWORKS_BY_NAME.get(name) ?? [name]) {
      if (!addNetwork(trusted, network)) return undefined;
    }
  }
  return (address) => address !== "" && trusted.check(address, familyOf(address));
}

function addNetwork(list: BlockList, network: string): boolean {
  const [text = "", length, ...rest] = network.split("/");
  const address = normalize(text);
  if (address === undefined || rest.length > 0) return false;
  const family = familyOf(address);
  if (length === undefined) {
    list.addAddress(address, family);
    return true;
  }
  // An IPv4 address in the form of IPv6 would have a length that counts other bits.
  const isMixed = family === "ipv4" && text.includes(":");
  if (!/^\d{1,3}$/.test(length) || Number(length) > bitsOf(family) || isMixed) return false;
  list.addSubnet(address, Number(length), family);
  return true;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function bitsOf(family: "ipv4" | "ipv6"): number {
  return family === "ipv4" ? 32 : 128;
}

function networkOf(address: string | undefined): string {
  if (address === undefined) return UNKNOWN;
  if (!address.includes(":")) return address;
  return `${address.split(":", 4).join(":")}::/64`;
}

/**
 * One text for each address: without brackets, port and zone, IPv6 with all eight groups, and IPv4
 * that is written as IPv6 as what it is. `undefined` for anything else, and for `0.0.0.0` and `::`.
 */
function normalize(text: string): string | undefined {
  if (text.length > MAX_ADDRESS_CHARACTERS) return undefined;
  if (isIPv4(text)) return text === "0.0.0.0" ? undefined : text;
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  if (withPort !== undefined) return normalize(withPort);
  const [address = ""] = (bracketed ?? text).split("%", 1);
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0)) {
    if (groups[5] === 0xffff) {
      return normalize([high >> 8, high & 255, low >> 8, low & 255].join("."));
    }
    if (groups[5] === 0 && high === 0 && low === 0) return undefined;
  }
  return groups.map((group) => group.toString(16)).join(":");
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [before = [], after] = address.split("::").map((part) =>
    part.split(":").flatMap((group) => {
      if (group === "") return [];
      if (!group.includes(".")) return [parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
      return [a << 8 | b, c << 8 | d];
    })
  );
  if (after === undefined) return before;
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
