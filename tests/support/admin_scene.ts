/** A gateway to be administrated: planted secrets, a file, an alias, three calls that failed. */

import { ADMIN_ENV, adminOf, type AskAdmin, type Json } from "./admin.ts";
import { type Program, startProgram } from "./program.ts";
import { NOBODY_URL } from "./provider.ts";
import { endedWith } from "./together.ts";
import { until } from "./until.ts";
import { type WorkingDirectory, workingDirectory } from "./working_directory.ts";

export const PLANTED = {
  PROXY_API_KEY: "planted-client-key-27d1",
  OPENAI_API_KEY: "planted-openai-key-91aa",
  UPSTREAM_OTHER_API_KEY: "planted-other-key-30ff",
};
export const IN_FILE = "planted-in-file-5522";

export const CONFIG = `{
  // Values of the file, of which one is a secret.
  "server": { "environment": "test" },
  "routing": { "aliases": { "fast": ["openai/gpt-x", "other/llama"] } },
  "metrics": { "apiKey": "${IN_FILE}" },
  "auth": { "keys": [{ "name": "filed", "hash": "sha256:${
  "ab".repeat(32)
}", "team": "ops", "budget": { "usd": 7, "period": "month" } }] }
}`;

async function startWeir(directory: string): Promise<Program> {
  return await startProgram({
    cwd: directory,
    env: {
      ...ADMIN_ENV,
      ...PLANTED,
      OPENAI_BASE_URL: NOBODY_URL,
      UPSTREAM_OTHER_BASE_URL: NOBODY_URL,
      MAX_RETRIES: "0",
      AUTH_MAX_FAILURES_PER_MINUTE: "100",
    },
  });
}

export function call({ url }: Program, model: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${PLANTED.PROXY_API_KEY}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
  });
}

/** Asks for a list until as many calls stand in it: they are written a moment after they end. */
async function callsOf(ask: AskAdmin, count: number): Promise<Json> {
  return await until(async () => {
    const { json } = await ask("/calls");
    return json.data.length >= count && json;
  });
}

export interface Scene extends AsyncDisposable {
  readonly directory: WorkingDirectory;
  readonly weir: Program;
  readonly ask: AskAdmin;
  /** The API's description of itself. */
  readonly document: Json;
  /** Answers that are looked through for secrets. */
  readonly seen: string[];
  /** The newest first. */
  readonly calls: Json;
}

/** What is shown of a scene, by the name of the step. */
export type Steps = Readonly<Record<string, (scene: Scene) => Promise<void> | void>>;

/** One gateway for all of them, since each start takes its time. */
export async function playSteps(test: Deno.TestContext, steps: Steps): Promise<void> {
  await using scene = await startScene();
  for (const [name, play] of Object.entries(steps)) await test.step(name, () => play(scene));
}

async function startScene(): Promise<Scene> {
  const directory = await workingDirectory({ "weir.jsonc": CONFIG });
  const weir = await startWeir(directory.path);
  const ask = adminOf(weir);
  const { json: document } = await ask("/openapi.json");
  for (const model of ["openai/gpt-x", "other/llama", "fast"]) {
    await (await call(weir, model)).text();
  }
  return {
    ...endedWith({ directory, weir }),
    ask,
    document,
    seen: [],
    calls: await callsOf(ask, 3),
  };
}
