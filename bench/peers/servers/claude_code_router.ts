import { chat } from "../apis/chat.ts";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

const PROGRAM = `${WORK_FOLDER}/node_modules/@musistudio/claude-code-router/dist/cli.js`;

/** It answers clients of Messages, before a provider of chats. */
export const claudeCodeRouter: ServerKind = {
  name: "claude-code-router",
  what: "`@musistudio/claude-code-router` on Node, one provider, no log",
  async start(providerPort) {
    const port = freePort();
    // A home of its own: it takes a process that another start has left for itself.
    const home = `ccr/${port}`;
    const config = configFor(port, providerPort);
    await writeWorkFile(`${home}/.claude-code-router/config.json`, JSON.stringify(config));
    const process = startPinned({
      command: ["node", PROGRAM, "start"],
      core: SERVER_CORE,
      env: { HOME: `${WORK_FOLDER}/${home}`, NODE_ENV: "production" },
      outputPath: `${WORK_FOLDER}/ccr.log`,
    });
    await listening(port);
    return { name: this.name, port, headers: [["x-api-key", "bench"]], process };
  },
};

function configFor(port: number, providerPort: number): unknown {
  return {
    LOG: false,
    HOST: "127.0.0.1",
    PORT: port,
    NON_INTERACTIVE_MODE: true,
    Providers: [{
      name: "openai",
      api_base_url: `http://127.0.0.1:${providerPort}/v1/chat/completions`,
      api_key: "sk-bench",
      models: [chat.model],
    }],
    Router: { default: `openai,${chat.model}` },
  };
}
