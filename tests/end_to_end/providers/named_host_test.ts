/** No Host and no whole address chooses a path that its target does not name. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exchangeRaw } from "../../support/forwarding.ts";
import { startProgram } from "../../support/program.ts";

/** The heads of requests by which somebody would get what is behind `path`. */
function disguised(path: string): readonly string[] {
  return [
    `GET /x HTTP/1.1\r\nhost: weir${path}?`,
    `GET /x HTTP/1.1\r\nhost: weir${path}#`,
    `GET /v1/models HTTP/1.1\r\nhost: weir${path}?`,
    `GET http://other${path} HTTP/1.1\r\nhost: weir`,
    `GET http://weir?${path} HTTP/1.1\r\nhost: weir`,
    `GET http://a@weir${path} HTTP/1.1\r\nhost: weir`,
  ];
}

function ask(url: string, requestHead: string): Promise<string> {
  return exchangeRaw(url, `${requestHead}\r\nconnection: close\r\n\r\n`);
}

async function statusOf(url: string, requestHead: string): Promise<string> {
  return (await ask(url, requestHead)).slice(9, 12);
}

async function assertRefused(url: string, path: string): Promise<void> {
  for (const requestHead of disguised(path)) {
    const answered = await ask(url, requestHead);
    const status = answered.slice(9, 12);
    // A slash that is missing before the query is put there, which makes it the path "/".
    const isOfRoot = status === "404" || answered.includes("Ollama is running");
    assert(status === "400" || isOfRoot && requestHead.includes("weir?/"), requestHead);
  }
  for (const host of ["weir", "WEIR:80", "[::1]:3000"]) {
    assertEquals(await statusOf(url, `GET ${path} HTTP/1.1\r\nhost: ${host}`), "200", host);
  }
  assertEquals(await statusOf(url, `GET ${path} HTTP/1.0`), "200");
  assertEquals(await statusOf(url, `GET http://weir:80${path} HTTP/1.1\r\nhost: weir:80`), "200");
}

Deno.test("a Host chooses no path of the gateway, health checks and metrics among them", async () => {
  await using weir = await startProgram();
  for (const path of ["/health", "/healthz", "/readyz", "/metrics", "/v1/models"]) {
    await assertRefused(weir.url, path);
  }
  const answer = await exchangeRaw(
    weir.url,
    "GET /x HTTP/1.1\r\nhost: weir/metrics?\r\nconnection: close\r\n\r\n",
  );
  assertStringIncludes(answer, `"invalid_host"`);
  assertStringIncludes(answer, "x-request-id");
  await weir.printed(/"message":"request".*"status":400,"outcome":"refused","code":"invalid_host"/);
});

Deno.test("nor of the port of metrics", async () => {
  await using weir = await startProgram({ env: { METRICS_PORT: "0" } });
  const [, port] = await weir.printed(/metrics http:\/\/[^:]+:(\d+)/);
  await assertRefused(`http://127.0.0.1:${port}`, "/metrics");
});

Deno.test("nor of the fake server", async () => {
  await using fake = await startProgram({ args: ["fake"] });
  await assertRefused(fake.url, "/v1/models");
  await assertRefused(fake.url, "/healthz");
});
