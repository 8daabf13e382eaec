/** Installs what the runs need: Debian's packages, packages of npm, and the programs in C. */

import { fileURLToPath } from "node:url";
import { WORK_FOLDER, writeWorkFile } from "./work_folder.ts";

const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  nginx: "nginx",
  haproxy: "haproxy",
  wrk: "wrk",
  hey: "hey",
  gcc: "gcc",
  node: "nodejs",
  npm: "npm",
};
/** Of npm; the report names their versions. */
export const NPM_PACKAGES = {
  private: true,
  dependencies: {
    "@hono/node-server": "1.13.5",
    "@llmops/gateway": "0.6.10",
    // 3 needs packages that are not on the registry.
    "@musistudio/claude-code-router": "2.0.0",
    "@portkey-ai/gateway": "1.15.2",
    ccproxy: "0.1.0",
    undici: "7.30.2",
  },
  // Later ones answer Portkey's streams with 500.
  overrides: { "@hono/node-server": "$@hono/node-server" },
};
const NATIVE_PROGRAMS = ["upstream", "load"];

export async function install(): Promise<void> {
  await installDebianPackages();
  await installNpmPackages();
  for (const name of NATIVE_PROGRAMS) await buildNative(name);
}

/** Makes `NAME` of the work folder of `native/NAME.c`. */
export async function buildNative(name: string): Promise<void> {
  await Deno.mkdir(WORK_FOLDER, { recursive: true });
  const source = fileURLToPath(new URL(`native/${name}.c`, import.meta.url));
  await run(["gcc", "-O2", "-Wall", "-o", `${WORK_FOLDER}/${name}`, source]);
}

async function installDebianPackages(): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(DEBIAN_PACKAGES)) {
    if (!await succeeds(["bash", "-c", `command -v ${program}`])) missing.push(name);
  }
  if (missing.length === 0) return;
  if (Deno.uid() !== 0) {
    throw new Error(`As root: apt-get install --no-install-recommends ${missing.join(" ")}`);
  }
  await run(["apt-get", "install", "-y", "--no-install-recommends", ...missing]);
}

async function installNpmPackages(): Promise<void> {
  const wanted = JSON.stringify(NPM_PACKAGES);
  const marker = `${WORK_FOLDER}/installed.json`;
  if (await succeeds(["bash", "-c", 'test "$(cat "$0")" = "$1"', marker, wanted])) return;
  await writeWorkFile("package.json", wanted);
  await run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], WORK_FOLDER);
  await writeWorkFile("installed.json", wanted);
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args, stdout: "null", stderr: "null" });
  return (await command.output()).success;
}

async function run([program = "", ...args]: readonly string[], cwd?: string): Promise<void> {
  const command = new Deno.Command(program, { args, ...(cwd === undefined ? {} : { cwd }) });
  const { success, stderr } = await command.output();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}:\n${new TextDecoder().decode(stderr)}`);
  }
}
