/** Web pages of other origins: who of them gets in, and what they can read (T48). */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { EXPOSED_HEADERS } from "../../../src/access/cors.ts";
import {
  chat,
  corsHeadersOf,
  OTHER,
  PAGE,
  preflight,
  SDK_HEADERS,
  send,
} from "../admin/page_request.ts";

/** What every page may read of an answer that it may read at all. */
const ALWAYS_EXPOSED = [
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
];
/** What is said to the browser and to caches, not to the page. */
const FOR_THE_BROWSER = [
  "connection",
  "content-encoding",
  "content-security-policy",
  "cross-origin-resource-policy",
  "date",
  "referrer-policy",
  "transfer-encoding",
  "vary",
  "x-accel-buffering",
  "x-content-type-options",
  "x-frame-options",
];

Deno.test("a preflight of a listed origin is answered before any key is asked for", async () => {
  await using weir = await startProgram({
    env: { CORS_ORIGINS: `${PAGE}, http://localhost:5173`, PROXY_API_KEY: "the-key" },
  });
  const paths = [
    "/v1/chat/completions",
    "/v1/models",
    "/chat/completions",
    "/api/v1/inference",
    "/api/v1/inference/stream",
    "/api/v1/models/openai/gpt-4o/pricing",
    "/v1/files",
    "/api/v1/anything",
    "/nothing",
  ];
  for (const path of paths) {
    const { status, headers } = await preflight(weir, path, PAGE);
    assertEquals(status, 204, path);
    assertEquals(headers.get("access-control-allow-origin"), PAGE, path);
    assertEquals(headers.get("access-control-allow-headers"), SDK_HEADERS, path);
    assertEquals(
      headers.get("access-control-allow-methods"),
      "GET, HEAD, POST, PUT, PATCH, DELETE",
    );
    assertEquals(headers.get("access-control-max-age"), "7200");
    assertEquals(headers.get("access-control-allow-credentials"), null);
    for (const name of ["origin", "access-control-request-headers"]) {
      assert(headers.get("vary")?.toLowerCase().includes(name), `${path}: ${headers.get("vary")}`);
    }
  }
});

Deno.test("every answer can be read by the page, whatever went wrong", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      CORS_ORIGINS: PAGE,
      PROXY_API_KEY: "the-key",
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: provider.baseUrl,
      MAX_RETRIES: "0",
      MAX_BODY_BYTES: "2000",
    },
  });
  const withKey = (init: ReturnType<typeof chat>) => ({
    ...init,
    headers: { ...init.headers, authorization: "Bearer the-key" },
  });
  const cases: [
    status: number,
    path: string,
    init: RequestInit & { headers?: Record<string, string> },
  ][] = [
    [200, "/v1/chat/completions", withKey(chat("hi"))],
    [200, "/v1/chat/completions", withKey(chat("hi", { stream: true }))],
    [200, "/api/v1/models", { headers: { "x-api-key": "the-key" } }],
    [400, "/v1/chat/completions", withKey({ ...chat("hi"), body: "{" })],
    [401, "/v1/chat/completions", chat("hi")],
    [401, "/api/v1/inference", chat("hi")],
    [404, "/nothing", { headers: { "x-api-key": "the-key" } }],
    [404, "/api/v1/models/nobody/nothing", { headers: { "x-api-key": "the-key" } }],
    [405, "/v1/chat/completions", { headers: { "x-api-key": "the-key" } }],
    [413, "/v1/chat/completions", withKey(chat("x".repeat(2_000)))],
    [415, "/v1/chat/completions", {
      ...withKey(chat("hi")),
      headers: { "x-api-key": "the-key", "content-type": "text/plain" },
    }],
    [429, "/v1/chat/completions", withKey(chat("[429]"))],
    [429, "/api/v1/inference/stream", withKey(chat("[429]"))],
    [500, "/v1/chat/completions", withKey(chat("[500]"))],
    [502, "/v1/chat/completions", withKey(chat("[cut=0]"))],
  ];
  for (const [status, path, init] of cases) {
    const response = await send(weir, path, PAGE, init);
    const about = `${status} ${path}`;
    assertEquals(response.status, status, about);
    assertEquals(response.headers.get("access-control-allow-origin"), PAGE, about);
    assert(response.headers.get("vary")?.includes("Origin"), about);
    const exposed = response.headers.get("access-control-expose-headers")?.split(", ") ?? [];
    assertEquals(exposed, EXPOSED_HEADERS, about);
    const hidden = [...response.headers.keys()].filter((name) =>
      !name.startsWith("access-control-") &&
      ![...exposed, ...ALWAYS_EXPOSED, ...FOR_THE_BROWSER].includes(name)
    );
    assertEquals(hidden, [], about);
    if (status === 429) assertEquals(response.headers.get("retry-after"), "1");
  }
});

Deno.test("an origin that is not listed is told nothing, and the log says why", async () => {
  await using weir = await startProgram({
    env: { CORS_ORIGINS: PAGE, PROXY_API_KEY: "the-key" },
  });
  const refused = await preflight(weir, "/v1/chat/completions", OTHER);
  assertEquals([refused.status, ...corsHeadersOf(refused)], [403]);
  await weir.printed(/"method":"OPTIONS",.*"status":403,.*"code":"origin_not_allowed"/);
  const headers = { "x-api-key": "the-key" };
  const answered = await send(weir, "/v1/models", OTHER, { headers });
  assertEquals([answered.status, ...corsHeadersOf(answered)], [200]);
  // What a cache keeps of this answer must not be given to a page that is listed.
  assert(answered.headers.get("vary")?.includes("Origin"));
  const program = await send(weir, "/v1/models", undefined, { headers });
  assertEquals([program.status, ...corsHeadersOf(program)], [200]);
  assert(program.headers.get("vary")?.includes("Origin"));
});

Deno.test("by default pages of this machine get in, and no other", async () => {
  await using weir = await startProgram();
  const refused = await preflight(weir, "/v1/chat/completions", PAGE);
  assertEquals([refused.status, ...corsHeadersOf(refused)], [403]);
  const read = await send(weir, "/v1/models", PAGE);
  assertEquals([read.status, ...corsHeadersOf(read)], [200]);
  const local = "http://localhost:5173";
  assertEquals((await preflight(weir, "/v1/chat/completions", local)).status, 204);
  const { status, headers } = await send(weir, "/v1/chat/completions", local, chat("hi"));
  assertEquals([status, headers.get("access-control-allow-origin")], [200, local]);
  assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
});

Deno.test("where a key is needed every page gets in with it, and none reads what needs none", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key" } });
  const allowed = await preflight(weir, "/v1/chat/completions", OTHER);
  assertEquals([allowed.status, allowed.headers.get("access-control-allow-origin")], [204, "*"]);
  const call = chat("hi");
  const refused = await send(weir, "/v1/chat/completions", OTHER, call);
  assertEquals([refused.status, refused.headers.get("access-control-allow-origin")], [401, "*"]);
  const headers = { ...call.headers, authorization: "Bearer the-key" };
  const answered = await send(weir, "/v1/chat/completions", OTHER, { ...call, headers });
  assertEquals([answered.status, answered.headers.get("access-control-allow-origin")], [200, "*"]);
  assertEquals(answered.headers.get("access-control-allow-credentials"), null);
  for (const path of ["/health", "/healthz", "/readyz"]) {
    const open = await send(weir, path, OTHER);
    assertEquals([open.status, ...corsHeadersOf(open)], [200], path);
  }
});

Deno.test("CORS_ORIGINS=* lets all pages in, CORS_CREDENTIALS those of a list send cookies", async () => {
  await using open = await startProgram({ env: { CORS_ORIGINS: "*" } });
  const asked = { "access-control-request-private-network": "true" };
  for (
    const { headers } of [
      await preflight(open, "/v1/chat/completions", OTHER, asked),
      await send(open, "/v1/chat/completions", OTHER, chat("hi")),
    ]
  ) {
    assertEquals(headers.get("access-control-allow-origin"), "*");
    assertEquals(headers.get("access-control-allow-credentials"), null);
    assertEquals(headers.get("access-control-allow-private-network"), null);
  }
  assertEquals(corsHeadersOf(await preflight(open, "/admin/v1/me", OTHER)), []);
  // What has a login is for its own page alone.
  for (const path of ["/admin/v1/me", "/admin/v1/calls", "/console"]) {
    assertEquals(corsHeadersOf(await send(open, path, OTHER)), [], path);
  }
  await using withCookies = await startProgram({
    env: { CORS_ORIGINS: PAGE, CORS_CREDENTIALS: "on" },
  });
  for (
    const { headers } of [
      await preflight(withCookies, "/v1/chat/completions", PAGE, asked),
      await send(withCookies, "/v1/models", PAGE),
    ]
  ) {
    assertEquals(headers.get("access-control-allow-origin"), PAGE);
    assertEquals(headers.get("access-control-allow-credentials"), "true");
  }
});
