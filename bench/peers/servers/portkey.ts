import type { ApiName } from "../apis/api.ts";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

export const portkey: ServerKind = {
  name: "Portkey",
  what: "`@portkey-ai/gateway` on Node, `@hono/node-server` 1.13.5, no plugins in use",
  async start(providerPort, { name }) {
    const port = freePort();
    const program = `${WORK_FOLDER}/node_modules/@portkey-ai/gateway/build/start-server.js`;
    const process = startPinned({
      command: ["node", program, `--port=${port}`, "--headless"],
      core: SERVER_CORE,
      env: { NODE_ENV: "production" },
      outputPath: `${WORK_FOLDER}/portkey.log`,
    });
    await listening(port);
    const headers = [
      ["authorization", "Bearer sk-bench"],
      ["x-portkey-provider", providerNamed(name)],
      ["x-portkey-custom-host", `http://127.0.0.1:${providerPort}/v1`],
    ] as const;
    return { name: "Portkey", port, headers, process };
  },
};

/** Of an API, for Portkey and what was made of it. */
export function providerNamed(api: ApiName): string {
  return api === "messages" ? "anthropic" : "openai";
}
