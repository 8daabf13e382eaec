/** A minimal proxy on Node: `node_proxy.mjs PORT ORIGIN`, with undici in the folder it is copied to. */

import { createServer } from "node:http";
import { createRequire } from "node:module";

// Not imported: undici is no dependency of the project's own.
const { Pool } = createRequire(import.meta.url)("undici");

const [port, origin] = process.argv.slice(2);
const pool = new Pool(origin, { connections: 4_096 });

createServer((incoming, outgoing) => {
  const { method, url: path, headers: { host: _, connection: __, ...headers } } = incoming;
  const opaque = outgoing;
  pool.stream({ method, path, headers, body: incoming, opaque }, ({ statusCode, headers }) => {
    outgoing.writeHead(statusCode, headers);
    return outgoing;
  }).catch(() => outgoing.destroy());
}).listen(Number(port), "127.0.0.1");
