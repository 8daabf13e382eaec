import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

export const haproxy: ServerKind = {
  name: "HAProxy",
  what: "one thread, connections kept alive on both sides, `http-no-delay`, no log",
  async start(providerPort) {
    const port = freePort();
    const config = await writeWorkFile(`haproxy/${port}.cfg`, configFor(port, providerPort));
    const process = startPinned({
      command: ["haproxy", "-db", "-f", config],
      core: SERVER_CORE,
      outputPath: `${WORK_FOLDER}/haproxy/output.log`,
    });
    await listening(port);
    return { name: "HAProxy", port, headers: [], process };
  },
};

function configFor(port: number, providerPort: number): string {
  return `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  option http-no-delay
  http-reuse always
  timeout connect 10s
  timeout client 600s
  timeout server 600s
listen llm
  bind 127.0.0.1:${port} backlog 4096
  server upstream 127.0.0.1:${providerPort} pool-max-conn 2048
`;
}
