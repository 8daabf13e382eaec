import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import { providerNamed } from "./portkey.ts";
import type { ServerKind } from "./server.ts";

/** The package is an app without a server; this is how its own documentation serves it. */
const PROGRAM = `import app from "@llmops/gateway";
import { serve } from "@hono/node-server";
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: "127.0.0.1" });
`;

export const llmops: ServerKind = {
  name: "LLMOps",
  what: "`@llmops/gateway`, made of Portkey's, on Node with `@hono/node-server`",
  async start(providerPort, { name }) {
    const port = freePort();
    const program = await writeWorkFile("llmops.mjs", PROGRAM);
    const process = startPinned({
      command: ["node", program, String(port)],
      core: SERVER_CORE,
      env: { NODE_ENV: "production" },
      outputPath: `${WORK_FOLDER}/llmops.log`,
    });
    await listening(port);
    const headers = [
      ["authorization", "Bearer sk-bench"],
      ["x-llmops-provider", providerNamed(name)],
      ["x-llmops-custom-host", `http://127.0.0.1:${providerPort}/v1`],
    ] as const;
    return { name: this.name, port, headers, process };
  },
};
