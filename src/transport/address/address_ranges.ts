/**
 * Addresses that a name from outside must not lead to.
 *
 * @see {@link https://www.iana.org/assignments/iana-ipv4-special-registry}
 * @see {@link https://www.iana.org/assignments/iana-ipv6-special-registry}
 * @module
 */

import { BlockList, isIP } from "node:net";

/** IPv6 addresses that are IPv4 addresses in the end: mapped ones, and those of NAT64. */
const EMBEDDING = ["::ffff:0.0.0.0", "64:ff9b::0.0.0.0"];

/** A set of ranges; an IPv6 address that embeds one of IPv4 is in it where that is. */
class AddressSet {
  readonly #ranges = new BlockList();
  /** The ranges of IPv4, as they are embedded. */
  readonly #embeddedRanges = new BlockList();
  readonly #embedding = new BlockList();

  /** @param ranges In CIDR notation. */
  constructor(ranges: readonly string[]) {
    for (const network of EMBEDDING) this.#embedding.addSubnet(network, 96, "ipv6");
    for (const range of ranges) {
      const [network = "", length = ""] = range.split("/");
      const bits = Number(length);
      if (isIP(network) === 6) {
        this.#ranges.addSubnet(network, bits, "ipv6");
        continue;
      }
      this.#ranges.addSubnet(network, bits, "ipv4");
      for (const prefix of EMBEDDING) {
        const embedded = prefix.replace("0.0.0.0", network);
        this.#embeddedRanges.addSubnet(embedded, 96 + bits, "ipv6");
      }
    }
  }

  /** @param spelled An IP address, with a zone or without; what is none is in no set. */
  has(spelled: string): boolean {
    const address = spelled.replace(/%.*$/, "");
    if (isIP(address) === 4) return this.#ranges.check(address, "ipv4");
    const isEmbedding = this.#embedding.check(address, "ipv6");
    return (isEmbedding ? this.#embeddedRanges : this.#ranges).check(address, "ipv6");
  }
}

/** Where clouds tell a machine's credentials to whoever asks from it; nobody serves a model there. */
export const METADATA_ADDRESSES = new AddressSet([
  "169.254.169.254/32", // AWS, Azure, Google, Oracle, DigitalOcean and many more
  "169.254.170.2/32", // AWS ECS
  "169.254.170.23/32", // AWS EKS
  "169.254.42.42/32", // Scaleway
  "100.100.100.200/32", // Alibaba
  "168.63.129.16/32", // Azure's host
  "192.0.0.192/32", // Oracle Classic
  "fd00:ec2::254/128", // AWS
  "fd00:ec2::23/128", // AWS EKS
  "fd20:ce::254/128", // Google
  "fd00:42::42/128", // Scaleway
]);

/** IANA's special-purpose addresses, multicast, and all of IPv6 that is not given out. */
export const PRIVATE_ADDRESSES = new AddressSet([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "::/3",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "4000::/2",
  "8000::/1",
]);
