/** Servers that answer a health check and nothing else. */

import { fileURLToPath } from "node:url";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

const NODE_PROGRAM = `require("node:http").createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end('{"ok":true}');
}).listen(Number(process.argv[1]), "127.0.0.1")`;
const HONO_PROGRAM = fileURLToPath(new URL("../../healthz_peers.ts", import.meta.url));

function healthServer(
  name: string,
  what: string,
  commandFor: (port: string) => string[],
): ServerKind {
  return {
    name,
    what,
    async start() {
      const port = freePort();
      const process = startPinned({
        command: commandFor(String(port)),
        core: SERVER_CORE,
        outputPath: `${WORK_FOLDER}/health.log`,
      });
      await listening(port);
      return { name, port, headers: [], process };
    },
  };
}

export const nodeHttp = healthServer(
  "Node http",
  "`createServer` that answers every request",
  (port) => ["node", "-e", NODE_PROGRAM, port],
);

export const honoOnDeno = healthServer(
  "Hono on Deno",
  "a bare Hono app with this one route",
  (port) => [Deno.execPath(), "run", "--allow-net=127.0.0.1", HONO_PROGRAM, "hono", port],
);
