import { fileURLToPath } from "node:url";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

const PROGRAM = fileURLToPath(new URL("fetch_proxy.ts", import.meta.url));

export const denoFetch: ServerKind = {
  name: "Deno + fetch",
  what:
    "the least that proxies: `Deno.serve`, and `fetch` whose body is handed through, no policies",
  async start(providerPort) {
    const port = freePort();
    const origin = `http://127.0.0.1:${providerPort}`;
    const process = startPinned({
      command: [Deno.execPath(), "run", "--allow-net=127.0.0.1", PROGRAM, String(port), origin],
      core: SERVER_CORE,
      outputPath: `${WORK_FOLDER}/fetch_proxy.log`,
    });
    await listening(port);
    return { name: this.name, port, headers: [], process };
  },
};
