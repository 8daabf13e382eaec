import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER } from "../work_folder.ts";
import { CHAT_PATH, type ServerKind } from "./server.ts";

export const portkey: ServerKind = {
  name: "Portkey",
  what: "`@portkey-ai/gateway` on Node, `@hono/node-server` 1.13.5, no plugins in use",
  async start(providerPort) {
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
      ["x-portkey-provider", "openai"],
      ["x-portkey-custom-host", `http://127.0.0.1:${providerPort}/v1`],
    ] as const;
    return { name: "Portkey", port, path: CHAT_PATH, headers, process };
  },
};
