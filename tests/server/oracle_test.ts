/** The runtime's own server beside ours: each difference is known and has its reason. */

import { assertEquals } from "@std/assert";
import type { HttpHandler } from "../../src/core/http/http.ts";
import { toServeHandler } from "../support/runtime_adapter.ts";
import { readAnswers } from "./support/answers.ts";
import { echo, openServer } from "./support/own_server.ts";
import { exchange } from "./support/raw_client.ts";
import { ALL_VECTORS } from "./vectors/all.ts";
import { AWAITED_FOREVER, DIFFERENCES } from "./vectors/differences.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

/** What came of it, in short. */
async function play(port: number, request: string): Promise<string> {
  const output = await exchange(port, request + LAST);
  try {
    return readAnswers(output).map(({ status, body }) => status === 200 ? body : `${status}`)
      .join("\n");
  } catch {
    return "no HTTP/1";
  }
}

/** The port of a `Deno.serve` with that handler, while `use` runs. */
async function withRuntime(
  handler: HttpHandler,
  use: (port: number) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    toServeHandler(handler),
  );
  await use(server.addr.port);
}

/** Deno 2.4 reads heads with other code, which takes more. */
const isOtherOracle = Deno.version.deno.startsWith("2.4.");

Deno.test({
  name: "the runtime's server and ours differ where it is said and nowhere else",
  ignore: isOtherOracle,
  fn: compare,
});

async function compare(): Promise<void> {
  const { server, port } = openServer(echo);
  const differing: string[] = [];
  await withRuntime(echo, async (oraclePort) => {
    for (const { name, request } of ALL_VECTORS) {
      if (AWAITED_FOREVER.includes(name)) continue;
      const [ours, theirs] = await Promise.all([play(port, request), play(oraclePort, request)]);
      if (ours !== theirs) differing.push(name);
    }
  });
  server.close();
  const known = DIFFERENCES.flatMap(({ vectors }) => vectors);
  assertEquals(differing.toSorted(), known.toSorted());
}
