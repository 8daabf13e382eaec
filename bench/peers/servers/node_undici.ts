import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

const PROGRAM = new URL("node_proxy.mjs", import.meta.url);

export const nodeUndici: ServerKind = {
  name: "Node + undici",
  what: "the least that proxies: Node's http and `Pool.stream` of undici, no policies",
  async start(providerPort) {
    const port = freePort();
    // Node looks for packages beside the program.
    const program = await writeWorkFile("node_proxy.mjs", await Deno.readTextFile(PROGRAM));
    const process = startPinned({
      command: ["node", program, String(port), `http://127.0.0.1:${providerPort}`],
      core: SERVER_CORE,
      env: { NODE_ENV: "production" },
      outputPath: `${WORK_FOLDER}/node_proxy.log`,
    });
    await listening(port);
    return { name: this.name, port, headers: [], process };
  },
};
