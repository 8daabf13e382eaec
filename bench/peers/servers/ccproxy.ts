import { chat } from "../apis/chat.ts";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

const PROGRAM = `${WORK_FOLDER}/node_modules/ccproxy/bin/ccproxy-linux-amd64`;

/** It answers clients of Messages, before a provider of chats; what the provider streams it cannot read. */
export const ccproxy: ServerKind = {
  name: "ccproxy",
  what: "`ccproxy`, compiled from Go, one provider",
  async start(providerPort) {
    const port = freePort();
    const home = `ccproxy/${port}`;
    await writeWorkFile(`${home}/.ccproxy/settings.json`, JSON.stringify(configFor(providerPort)));
    const process = startPinned({
      command: [PROGRAM, "server", "--port", String(port)],
      core: SERVER_CORE,
      env: { HOME: `${WORK_FOLDER}/${home}` },
      cwd: `${WORK_FOLDER}/${home}`,
      outputPath: `${WORK_FOLDER}/ccproxy.log`,
    });
    await listening(port);
    return { name: this.name, port, headers: [["x-api-key", "bench"]], process };
  },
};

function configFor(providerPort: number): unknown {
  const model = `${chat.model}@openai`;
  return {
    server: { host: "127.0.0.1" },
    providers: {
      openai: {
        apiKey: "sk-bench-0123456789abcdef0123456789abcdef",
        baseURL: `http://127.0.0.1:${providerPort}/v1`,
        responseStyle: "openai",
      },
    },
    models: { bigModel: model, smallModel: model, preferredProvider: "openai" },
    logging: { level: "error", format: "json" },
  };
}
