/**
 * The server behind nginx and HAProxy: it reads no request that the front did not read, and none as another.
 *
 * `deno task proxies`; needs Debian's packages nginx and haproxy.
 */

import { assert, assertEquals } from "@std/assert";
import type { HttpHandler } from "../../src/core/http/http.ts";
import { exchange } from "../server/support/raw_client.ts";
import { openServer, readAll, refusal, text } from "../server/support/own_server.ts";
import { toGatewayError } from "../../src/core/gateway_error.ts";
import { ALL_VECTORS } from "../server/vectors/all.ts";
import { FRONT_HEADER, FRONTS, startFront } from "./fronts.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
/** Some fronts wait a second for what never comes. */
const LANES = 16;

interface Seen {
  readonly request: string;
  /** What the front says that it read; `null` where it did not. */
  readonly front: string | null;
}

/** Keeps all that the server reads. */
function noting(seen: Seen[]): HttpHandler {
  return async (request) => {
    const { method, target, headers, body } = request;
    seen.push({ request: `${method} ${target}`, front: headers.get(FRONT_HEADER) });
    try {
      await readAll({ body });
      return text("");
    } catch (thrown) {
      return refusal(toGatewayError(thrown));
    }
  };
}

/** A front may know a target with its origin, which may have no path; the server has the path alone. */
function inOriginForm(request: string | null): string | undefined {
  if (request === null) return undefined;
  const [method = "", written = ""] = request.split(" ");
  const target = written.replace(/^https?:\/\/[^/?]*/i, "");
  if (target === "" && method === "OPTIONS") return "OPTIONS *";
  return `${method} ${target.startsWith("?") || target === "" ? "/" : ""}${target}`;
}

for (const [name, kind] of Object.entries(FRONTS)) {
  Deno.test(`the server reads behind ${name} what that has read, and nothing else`, async () => {
    const seen: Seen[] = [];
    const { server, port } = openServer(noting(seen));
    {
      await using front = await startFront(kind, port);
      const waiting = ALL_VECTORS.toReversed();
      const lane = async () => {
        for (let vector = waiting.pop(); vector !== undefined; vector = waiting.pop()) {
          await exchange(front.port, vector.request + LAST);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }
    await server.drain();
    server.close();
    assert(seen.length > ALL_VECTORS.length / 2, `Only ${seen.length} came through`);
    const differing = seen.filter(({ request, front }) => request !== inOriginForm(front));
    assertEquals(differing, []);
  });
}
