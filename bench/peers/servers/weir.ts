import { commandLine } from "../../../tests/support/program.ts";
import { hashOf } from "../../../src/access/key_form.ts";
import type { ApiName } from "../apis/api.ts";
import { chat } from "../apis/chat.ts";
import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { RunningServer, ServerKind } from "./server.ts";

const KEYS = 10_000;
const FILL_AT_ONCE = 32;

export const weir: ServerKind = {
  name: "Weir",
  what:
    "as shipped, all policies on: 10,000 keys that have all called, limits, request ids, security headers, metrics, a line for each call into a file",
  start: (providerPort, { name }) => startWeir(environmentFor[name](providerPort)),
};

/** Every key has made a call, so that the limiter knows them all. */
async function startWeir(providerEnv: Readonly<Record<string, string>>): Promise<RunningServer> {
  const port = freePort();
  const logPath = `${WORK_FOLDER}/weir-${port}.log`;
  const names = Array.from({ length: KEYS }, (_, index) => `key-${index}`);
  const keys = names.map((name) => ({ name, hash: hashOf(keyOf(name)) }));
  const config = await writeWorkFile("weir.json", JSON.stringify({ auth: { keys } }));
  const { program, args, env: inherited } = commandLine({
    args: ["serve", "--config", config],
    env: { ...environment(port), ...providerEnv },
  });
  const process = startPinned({
    command: [program, ...args],
    core: SERVER_CORE,
    env: inherited,
    cwd: WORK_FOLDER,
    outputPath: logPath,
  });
  await listening(port);
  const path = chat.path({ model: chat.model, promptBytes: 0, isStream: false });
  await callWithEach(`http://127.0.0.1:${port}${path}`, names);
  const headers = [["authorization", `Bearer ${keyOf("key-0")}`]] as const;
  return { name: "Weir", port, headers, process, logPath };
}

function keyOf(name: string): string {
  return `weir-${name}-of-the-side-by-side-bench`;
}

function openaiAt(port: number): Record<string, string> {
  return { OPENAI_API_KEY: "sk-bench", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
}

/** The one upstream, by what it speaks. */
const environmentFor: Readonly<Record<ApiName, (port: number) => Record<string, string>>> = {
  chat: openaiAt,
  responses: openaiAt,
  completions: openaiAt,
  embeddings: openaiAt,
  messages: (port) => ({
    ANTHROPIC_API_KEY: "sk-ant-bench",
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
  }),
  gemini: (port) => ({
    GEMINI_API_KEY: "bench",
    GEMINI_BASE_URL: `http://127.0.0.1:${port}/v1beta`,
  }),
  ollama: (port) => ({ OLLAMA_HOST: `127.0.0.1:${port}` }),
  text: (port) => ({
    CHATJIMMY_BASE_URL: `http://127.0.0.1:${port}`,
    DEFAULT_UPSTREAM: "chatjimmy",
  }),
};

/** Limits are so high that nothing is refused, and there. */
function environment(port: number): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: String(port),
    LOG_FORMAT: "json",
    RATE_LIMIT_V1_MAX_REQUESTS: "1000000",
    RATE_LIMIT_V1_WINDOW_MS: "10000",
    RATE_LIMIT_MAX_REQUESTS: "1000000",
    RATE_LIMIT_INFERENCE_MAX_REQUESTS: "1000000",
    MAX_CONCURRENT_REQUESTS: "10000",
    DRAIN_TIMEOUT_MS: "1000",
  };
}

/** With a method that is refused after the limits were asked, and before the upstream is. */
async function callWithEach(url: string, names: readonly string[]): Promise<void> {
  const left = [...names];
  await Promise.all(Array.from({ length: FILL_AT_ONCE }, async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${keyOf(name)}` } });
      await response.arrayBuffer();
      if (response.status !== 405) throw new Error(`Weir answered ${response.status}`);
    }
  }));
}
