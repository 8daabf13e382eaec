/** Which addresses an upstream may have. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { checkAddress, checkHost } from "../../src/transport/address/address_rules.ts";

const METADATA = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::169.254.169.254",
];

const PRIVATE = [
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::10.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
];

const PUBLIC = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "223.255.255.255",
  "::ffff:1.1.1.1",
  "64:ff9b::1.1.1.1",
  "2001:200::1",
  "2606:4700::1111",
  "2a00:1450::1",
  "3ffe::1",
];

/** The cause of the refusal of `address` for an upstream at `host`; "taken" where there is none. */
function judge(host: string, address: string, privateHosts: readonly string[] = []): string {
  try {
    checkAddress(new URL(`https://${host}/v1`), address, { privateHosts: [...privateHosts] });
    return "taken";
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    assertEquals(error.code, "upstream_address_refused");
    return String(error.cause);
  }
}

Deno.test("checkAddress() takes every public address, for a name and for itself", () => {
  for (const address of PUBLIC) assertEquals([address, judge("vllm", address)], [address, "taken"]);
});

Deno.test("checkAddress() refuses a private address for a name, and says what to set", () => {
  for (const address of PRIVATE) {
    assertEquals([address, judge("vllm", address)], [
      address,
      "The upstream's name stands for a private address; if that is meant, set PRIVATE_UPSTREAM_HOSTS=vllm",
    ]);
    assertEquals([address, judge("vllm", address, ["vllm"])], [address, "taken"]);
  }
});

Deno.test("checkAddress() takes a private address that an operator wrote, or localhost", () => {
  for (const host of ["127.0.0.1", "10.1.2.3", "[::1]", "[fd00::1]", "0x7f.1", "2130706433"]) {
    assertEquals([host, judge(host, "127.0.0.1")], [host, "taken"]);
  }
  for (const host of ["localhost", "LOCALHOST", "localhost.", "fake.localhost"]) {
    assertEquals([host, judge(host, "::1")], [host, "taken"]);
  }
  assertEquals(judge("localhost.example", "127.0.0.1").slice(0, 12), "The upstream");
  assertEquals(judge("notlocalhost", "127.0.0.1").slice(0, 12), "The upstream");
});

Deno.test("checkAddress() refuses metadata services, whoever wrote them", () => {
  for (const address of METADATA) {
    for (const host of ["vllm", "localhost", address.includes(":") ? `[${address}]` : address]) {
      const cause = judge(host, address, ["*"]);
      assertEquals(cause, "The upstream's address is that of a cloud's metadata service");
    }
  }
});

Deno.test("checkAddress() refuses what is no address", () => {
  for (const address of ["", "vllm", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", ":::", "::ffff:1.2.3"]) {
    assertEquals(judge("vllm", address, ["*"]), "The upstream's name stands for no IP address");
  }
});

Deno.test("checkAddress() knows the hosts that may be private", () => {
  const rows: readonly [host: string, privateHosts: string[], isTaken: boolean][] = [
    ["vllm", ["vllm"], true],
    ["vllm", ["VLLM"], true],
    ["VLLM", ["vllm"], true],
    ["vllm.", ["vllm"], true],
    ["vllm", ["ollama", "vllm"], true],
    ["vllm", ["*"], true],
    ["vllm.internal", [".internal"], true],
    ["a.vllm.internal", [".internal"], true],
    ["vllm", ["ollama"], false],
    ["vllm", ["llm"], false],
    ["internal", [".internal"], false],
    ["notinternal", [".internal"], false],
    ["vllm.internal.example", [".internal"], false],
    ["a.vllm", ["vllm"], false],
  ];
  for (const [host, privateHosts, isTaken] of rows) {
    const isReallyTaken = judge(host, "172.18.0.2", privateHosts) === "taken";
    assertEquals([host, privateHosts, isReallyTaken], [host, privateHosts, isTaken]);
  }
});

Deno.test("checkHost() judges addresses by themselves, in every spelling, and no name", () => {
  const options = { privateHosts: [] };
  for (const host of ["169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:a9fe:a9fe]"]) {
    const url = new URL(`http://${host}/`);
    const { cause } = assertThrows(() => checkHost(url, options), GatewayError);
    assertEquals(cause, "The upstream's address is that of a cloud's metadata service");
  }
  assertEquals(checkHost(new URL("http://10.0.0.1/"), options), true);
  assertEquals(checkHost(new URL("http://metadata.google.internal/"), options), false);
});
