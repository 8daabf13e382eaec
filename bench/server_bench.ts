/**
 * Weir's own server beside `Deno.serve` and Node's: 50 kept-alive connections, on each of which a request is
 * sent once the answer before has come. Each server is a process of its own; they are asked in turns.
 *
 * Run with `deno task bench`. What a client costs is in all of these alike, so look at the differences.
 *
 * @module
 */

import { startScript } from "./start_script.ts";

const CONNECTIONS = 50;
/** Rounds before anything is measured: two of the servers have to be compiled first, by the runtime. */
const WARM_UP_ROUNDS = 100;
const BODY = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(400) }] });
const REQUESTS = {
  "GET /healthz": "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST of 0.5 KB, 19 headers":
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
};

/** Asks once on each connection and waits for all answers, which are shorter than one read. */
async function askAll(connections: readonly Deno.Conn[], request: Uint8Array<ArrayBuffer>) {
  await Promise.all(connections.map(async (connection) => {
    await connection.write(request);
    const buffer = new Uint8Array(4_096);
    if (await connection.read(buffer) === null) throw new Error("A server has closed");
  }));
}

const servers = await Promise.all(["own", "runtime", "node"].map(async (kind) => {
  const script = await startScript("server_peers.ts", kind);
  const port = Number(new URL(script.url).port);
  const open = () => Deno.connect({ hostname: "127.0.0.1", port });
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, open));
  return { kind, script, connections };
}));

for (const [group, text] of Object.entries(REQUESTS)) {
  const request = new TextEncoder().encode(text);
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { connections } of servers) await askAll(connections, request);
  }
  for (const { kind, connections } of servers) {
    Deno.bench({
      name: `${CONNECTIONS} x ${group} · ${kind}`,
      group,
      baseline: kind === "own",
      fn: async () => await askAll(connections, request),
    });
  }
}

globalThis.addEventListener("unload", () => {
  for (const { script, connections } of servers) {
    for (const connection of connections) connection.close();
    script.signal("SIGKILL");
  }
});
