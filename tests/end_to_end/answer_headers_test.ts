/** What every answer tells a browser that shows it. */

import { assertEquals } from "@std/assert";
import { startScripted } from "../support/forwarding.ts";
import { startProgram } from "../support/program.ts";
import { corsHeadersOf, OTHER, PAGE, preflight, send } from "./admin/page_request.ts";

Deno.test("what an upstream tells browsers goes no further", async () => {
  await using scripted = await startScripted(async (peer) => {
    await peer.request();
    await peer.send([
      "HTTP/1.1 200 OK",
      "access-control-allow-origin: *",
      "access-control-allow-credentials: true",
      "access-control-expose-headers: *",
      "content-security-policy: default-src *",
      "x-frame-options: ALLOWALL",
      "cross-origin-resource-policy: cross-origin",
      "strict-transport-security: max-age=1",
      "content-type: text/html",
      "content-length: 2",
      "connection: close",
      "",
      "ok",
    ].join("\r\n"));
  });
  const response = await send(scripted.weir, "/api/v1/page", OTHER);
  const { headers, status } = response;
  assertEquals([status, ...corsHeadersOf(response)], [200]);
  assertEquals(headers.get("strict-transport-security"), null);
  assertEquals(headers.get("x-frame-options"), "DENY");
  assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
});

Deno.test("every answer has the headers of an API that browsers are not to show", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key", CORS_ORIGINS: PAGE } });
  const headers = { "x-api-key": "the-key" };
  for (
    const response of [
      await send(weir, "/v1/models", undefined, { headers }),
      await send(weir, "/v1/models", undefined),
      await send(weir, "/nothing", undefined, { headers }),
      await preflight(weir, "/v1/models", PAGE),
    ]
  ) {
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response.headers.get("x-frame-options"), "DENY");
    assertEquals(response.headers.get("referrer-policy"), "no-referrer");
    assertEquals(
      response.headers.get("content-security-policy"),
      "default-src 'none'; frame-ancestors 'none'",
    );
    assertEquals(response.headers.get("cross-origin-resource-policy"), "cross-origin");
    assertEquals(response.headers.get("strict-transport-security"), null);
    if (response.status >= 400) assertEquals(response.headers.get("cache-control"), "no-store");
  }
  for (const path of ["/healthz", "/health"]) {
    const response = await send(weir, path, PAGE);
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("content-security-policy"), null);
  }
});
