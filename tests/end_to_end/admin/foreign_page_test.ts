/** Web pages of other origins get nothing done by what browsers send without asking first. */

import { assert, assertEquals } from "@std/assert";
import { exchangeRaw, startEcho, startWeir } from "../../support/forwarding.ts";
import { chat, OTHER, PAGE, send } from "./page_request.ts";

Deno.test("a page cannot spend the upstream's key through a gateway without a key of its own", async () => {
  await using echo = startEcho();
  await using weir = await startWeir(echo.origin, { CORS_ORIGINS: PAGE });
  // What a browser sends without asking first.
  const simple = [
    { "content-type": "text/plain" },
    { "content-type": "multipart/form-data; boundary=b" },
    { "content-type": "application/x-www-form-urlencoded" },
  ];
  const post = (origin: string | undefined, headers: Record<string, string>) =>
    send(weir, "/v1/images/generations", origin, { method: "POST", body: "{}", headers });
  for (const headers of simple) {
    for (const origin of [OTHER, "null", weir.url.replace("127.0.0.1", "evil.example")]) {
      assertEquals((await post(origin, headers)).status, 403, origin);
    }
  }
  assertEquals(echo.requests, []);
  for (const path of ["/v1/chat/completions", "/api/v1/inference"]) {
    assertEquals((await send(weir, path, OTHER, chat("hi"))).status, 403, path);
  }
  const [json = {}] = simple;
  for (const origin of [undefined, PAGE, weir.url, "app://obsidian.md"]) {
    assertEquals((await post(origin, json)).status, 200, origin);
  }
  assertEquals((await send(weir, "/api/v1/things", OTHER)).status, 200);
  assertEquals(echo.requests.length, 5);

  await using keyed = await startWeir(echo.origin, { PROXY_API_KEY: "the-key" });
  const init = { method: "POST", body: "{}", headers: { ...json, "x-api-key": "the-key" } };
  assertEquals((await send(keyed, "/v1/images/generations", OTHER, init)).status, 200);
});

Deno.test("a name that was made to lead here is no proof of the same origin", async () => {
  await using echo = startEcho();
  await using weir = await startWeir(echo.origin);
  const post = (host: string, origin: string, ...headers: readonly string[]) =>
    exchangeRaw(
      weir.url,
      [
        "POST /v1/images/generations HTTP/1.1",
        `host: ${host}`,
        `origin: ${origin}`,
        ...headers,
        "connection: close",
        "content-length: 2",
        "",
        "{}",
      ].join("\r\n"),
    );
  const rebound = await post("evil.example:3000", "http://evil.example:3000");
  assert(rebound.startsWith("HTTP/1.1 403"), rebound);
  const address = await post("192.168.1.5:3000", "http://192.168.1.5:3000");
  assert(address.startsWith("HTTP/1.1 200"), address);
  // Behind a proxy that speaks TLS and has its own name for this server.
  const proxied = await post("weir", PAGE, "sec-fetch-site: same-origin");
  assert(proxied.startsWith("HTTP/1.1 200"), proxied);
  assertEquals(echo.requests.length, 2);
});
