/**
 * The servers of `server_bench.ts`: `own`, `runtime` or `node`, on a given or a free port, printed when it
 * listens. Each answers `/healthz` with a line, and anything else with as many headers as Weir's answers have
 * and the length of the body that it has read.
 */

// deno-lint-ignore-file no-console -- This is a command.

import { createServer } from "node:http";
import { AnswerHeaders } from "../src/core/http/answer_headers.ts";
import type { HttpAnswer } from "../src/core/http/http.ts";
import { createHttpServer } from "../src/server/http_server.ts";
import { httpServerOptions } from "../src/server/server_options.ts";
import { realClock } from "../tests/support/real_clock.ts";

const HEALTH = "ok\n";
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["content-type", "application/json"],
  ...Array.from({ length: 18 }, (_, index) => [`x-header-${index}`, `${index * 1_000}`] as const),
];
const [kind, givenPort = "0"] = Deno.args;
const HOSTNAME = "127.0.0.1";

function serveOwn(port: number): number {
  const never = (): never => {
    throw new Error("No request of this bench is refused");
  };
  const server = createHttpServer(
    httpServerOptions.parse({ maxRequestsPerConnection: 1_000_000_000 }),
    ({ target, body }): HttpAnswer => {
      if (target === "/healthz") return { status: 200, headers: new AnswerHeaders(), body: HEALTH };
      const length = body?.takeWhole()?.length ?? 0;
      return { status: 200, headers: new AnswerHeaders(HEADERS), body: JSON.stringify({ length }) };
    },
    {
      clock: realClock,
      refuse: never,
      reportBug: never,
      openWebSocket: never,
      listenerFailed: never,
      listensAgain: never,
    },
  );
  return server.listen({ kind: "tcp", hostname: HOSTNAME, port, reusePort: false }).port;
}

function serveRuntime(port: number): number {
  const options = { hostname: HOSTNAME, port, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    if (request.url.endsWith("/healthz")) return new Response(HEALTH);
    const { length } = await request.bytes();
    return new Response(JSON.stringify({ length }), { headers: HEADERS.map(([...pair]) => pair) });
  });
  return server.addr.port;
}

function serveNode(port: number): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") return response.end(HEALTH);
    let length = 0;
    request.on("data", (bytes: Uint8Array) => length += bytes.length);
    request.on("end", () => {
      response.writeHead(200, Object.fromEntries(HEADERS));
      response.end(JSON.stringify({ length }));
    });
  });
  return new Promise((resolve) => {
    server.listen(port, HOSTNAME, () => {
      const address = server.address();
      resolve(typeof address === "object" ? address?.port ?? 0 : 0);
    });
  });
}

const serve = kind === "own" ? serveOwn : kind === "runtime" ? serveRuntime : serveNode;
console.log(`http://${HOSTNAME}:${await serve(Number(givenPort))}`);
