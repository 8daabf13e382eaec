/** Which upstreams are reached through the proxy. */

import { assertEquals } from "@std/assert";
import { proxyFor } from "../../src/transport/address/proxy.ts";

Deno.test("proxyFor() knows whom to go past the proxy", () => {
  const rows: readonly [url: string, noProxy: string, isProxied: boolean][] = [
    ["https://api.example.com/v1", "", true],
    ["http://api.example.com/v1", "", false],
    ["https://api.example.com/v1", "*", false],
    ["https://api.example.com/v1", "api.example.com", false],
    ["https://api.example.com/v1", "API.Example.Com", false],
    ["https://api.example.com/v1", "example.com", false],
    ["https://api.example.com/v1", " .example.com , other", false],
    ["https://example.com/v1", ".example.com", false],
    ["https://notexample.com/v1", "example.com", true],
    ["https://api.example.com/v1", "ample.com", true],
    ["https://api.example.com/v1", ",, ,", true],
    ["https://api.example.com/v1", ".", true],
    ["https://api.example.com/v1", "example.com:443", false],
    ["https://api.example.com/v1", "example.com:8443", true],
    ["https://api.example.com:8443/v1", "example.com:8443", false],
    ["https://127.0.0.1/v1", "127.0.0.1", false],
    ["https://[::1]/v1", "[::1]", false],
    ["https://[::1]:8443/v1", "[::1]:8443", false],
    ["https://[::1]/v1", "::1", false],
  ];
  for (const [url, noProxy, isProxied] of rows) {
    const proxy = proxyFor(new URL(url), { httpsProxy: "http://proxy:3128", noProxy });
    assertEquals(proxy?.host, isProxied ? "proxy:3128" : undefined, `${url} past ${noProxy}`);
  }
});

Deno.test("proxyFor() knows none where none is configured", () => {
  assertEquals(proxyFor(new URL("https://x/"), { httpsProxy: undefined, noProxy: "" }), undefined);
});
