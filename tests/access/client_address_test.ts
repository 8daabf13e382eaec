/** Who a request comes from, through proxies that are trusted or not. */

import { assertEquals } from "@std/assert";
import { createClientAddress, trustProxyOption } from "../../src/access/client_address.ts";

function clientOf(trustProxy: number | string, peer: string, forwardedFor?: string): string {
  const headers = new Headers(
    forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  );
  return createClientAddress(trustProxyOption.parse(trustProxy))(headers, peer);
}

Deno.test("A client is its IPv4 address or its IPv6 network", () => {
  const cases: readonly (readonly [peer: string, client: string])[] = [
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", "unknown"],
    ["not an address", "unknown"],
  ];
  for (const [peer, client] of cases) assertEquals(clientOf(0, peer), client, peer);
});

Deno.test("Without trusted proxies X-Forwarded-For changes nothing", () => {
  for (const trustProxy of [0, "0"]) {
    assertEquals(clientOf(trustProxy, "203.0.113.7", "198.51.100.1"), "203.0.113.7");
  }
});

// What a client may write itself stands on the left, what proxies add on the right.
const CHAIN = "6.6.6.6, 198.51.100.1, 10.0.0.2";

Deno.test("X-Forwarded-For is read from its end, as far as proxies are trusted", () => {
  const cases: readonly (readonly [trust: number | string, peer: string, client: string])[] = [
    [1, "10.0.0.1", "10.0.0.2"],
    ["2", "10.0.0.1", "198.51.100.1"],
    [3, "10.0.0.1", "6.6.6.6"],
    [32, "10.0.0.1", "6.6.6.6"],
    ["10.0.0.0/8", "10.0.0.1", "198.51.100.1"],
    ["10.0.0.1", "10.0.0.1", "10.0.0.2"],
    ["10.0.0.1,10.0.0.2", "::ffff:10.0.0.1", "198.51.100.1"],
    ["10.0.0.0/8, 198.51.100.0/24", "10.0.0.1", "6.6.6.6"],
    ["UniqueLocal", "10.0.0.1", "198.51.100.1"],
    ["loopback, uniquelocal", "::1", "198.51.100.1"],
    ["loopback", "10.0.0.1", "10.0.0.1"],
    ["2001:db8::/32,uniquelocal", "2001:db8::9", "198.51.100.1"],
    ["fe80::/10,uniquelocal", "fe80::1%eth0", "198.51.100.1"],
    ["linklocal", "10.0.0.1", "10.0.0.1"],
  ];
  for (const [trust, peer, client] of cases) {
    assertEquals(clientOf(trust, peer, CHAIN), client, `${trust} for ${peer}`);
  }
});

Deno.test("Entries of X-Forwarded-For are read in every form that proxies write", () => {
  const cases: readonly (readonly [entry: string, client: string])[] = [
    ["198.51.100.1:52100", "198.51.100.1"],
    ["[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::9]", "2001:db8:1:2::/64"],
    ["  2001:db8:1:2::9\t", "2001:db8:1:2::/64"],
    ["[::ffff:198.51.100.1%eth0]:1", "198.51.100.1"],
    ["6.6.6.6,198.51.100.1", "198.51.100.1"],
  ];
  for (const [entry, client] of cases) assertEquals(clientOf(1, "10.0.0.1", entry), client, entry);
});

Deno.test("What a trusted proxy cannot tell counts as the proxy's own", () => {
  const garbage = [
    "",
    ",",
    "unknown",
    "_hidden",
    "0.0.0.0",
    "::",
    "::ffff:0.0.0.0",
    "1.2.3",
    "1.2.3.4.5",
  ]
    .concat([
      "01.2.3.4",
      "0x7f.1",
      "1.2.3.4:",
      "1.2.3.4:999999",
      "[1.2.3.4]:5",
      "[::1",
      "::1]",
      "1::2::3",
    ])
    .concat([
      "2001:db8::1:443x",
      "198.51.100.1,",
      "<script>",
      '"198.51.100.1"',
      "é",
      "9".repeat(60_000),
    ])
    .concat(["[" + ":".repeat(60_000) + "]", "256.1.1.1", "%eth0", "[%eth0]:1"]);
  for (const entry of garbage) {
    const header = entry.replace(/[^\x20-\x7e]/g, "\xe9");
    assertEquals(clientOf(1, "10.0.0.1", header), "10.0.0.1", entry.slice(0, 50));
    assertEquals(
      clientOf("10.0.0.0/8", "10.0.0.1", `6.6.6.6, ${header}`),
      "10.0.0.1",
      entry.slice(0, 50),
    );
  }
});

Deno.test("No more than 32 proxies are followed", () => {
  const chain = Array.from({ length: 100 }, (_, index) => `10.0.0.${index}`).join(",");
  assertEquals(clientOf("10.0.0.0/8", "10.1.1.1", chain), "10.0.0.68");
});

Deno.test("TRUST_PROXY refuses what it cannot mean", () => {
  const wrong = [
    -1,
    33,
    1.5,
    "33",
    "true",
    "yes",
    "",
    ",",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
  ]
    .concat([
      "fe80::/129",
      "10.0.0.0/-1",
      "10.0.0.0/1e1",
      "::ffff:10.0.0.0/104",
      "0.0.0.0/0",
      "::/0",
    ])
    .concat(["10.0.0", "loopback;10.0.0.1", "*", "proxy.example.com"]);
  for (const value of wrong) {
    assertEquals(trustProxyOption.safeParse(value).success, false, String(value));
  }
  assertEquals(trustProxyOption.parse(undefined), 0);
});
