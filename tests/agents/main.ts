/**
 * Installs the agents, and runs their tests where the network is loopback alone.
 *
 * In a network namespace neither an agent nor Weir can reach anything else, whatever it tries; where
 * none may be made, only the agents' settings hold them back.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { AGENTS } from "./agents.ts";
import { type Agent, installFolder, programPath } from "./agent.ts";

const FOLDER = "tests/agents";
/** Ways to make a namespace: as root, and as anybody else. */
const NAMESPACES = [["--net"], ["--user", "--map-root-user", "--net"]];
const LOOPBACK_UP = "ip link set lo up";

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // It is not installed.
    throw error;
  }
}

async function run(program: string, args: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command(program, { args: [...args], stdin: "null" }).spawn()
    .status;
  return code;
}

/** Into a folder of its own, never into the project; what is there already stays. */
async function install(agent: Agent): Promise<void> {
  try {
    await Deno.stat(programPath(agent));
    return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const folder = installFolder(agent);
  await Deno.mkdir(folder, { recursive: true });
  const options = ["--prefix", folder, "--no-audit", "--no-fund", "--loglevel", "error"];
  const code = await run("npm", ["install", ...options, ...agent.packages]);
  if (code !== 0) throw new Error(`npm could not install ${agent.packages.join(" and ")}`);
}

async function namespace(): Promise<readonly string[]> {
  for (const flags of NAMESPACES) {
    if (await succeeds("unshare", [...flags, "sh", "-c", LOOPBACK_UP])) {
      return ["unshare", ...flags, "sh", "-c", `${LOOPBACK_UP} && exec "$@"`, "sh"];
    }
  }
  console.error(
    "The agents run without a network namespace: this machine may not make one, or lacks ip",
  );
  return [];
}

function testArguments(options: readonly string[]): string[] {
  const programs = [Deno.execPath(), "dist/weir", ...AGENTS.map(programPath)];
  return [
    "test",
    ...options,
    "--unstable-no-legacy-abort",
    "--allow-net=127.0.0.1,localhost",
    "--allow-read=.",
    "--allow-write=dist/tests",
    "--allow-env=HOME,PATH,DENO_DIR,XDG_CACHE_HOME,WEIR_BINARY",
    `--allow-run=${programs.join(",")}`,
    ...Deno.args,
    FOLDER,
  ];
}

for (const agent of AGENTS) await install(agent);
// What the tests import must be there before the network is gone.
const cached = await run(Deno.execPath(), ["cache", "main.ts", ...await testFiles()]);
if (cached !== 0) Deno.exit(cached);
const [program = "", ...args] = [
  ...await namespace(),
  Deno.execPath(),
  ...testArguments(["--cached-only"]),
];
Deno.exit(await run(program, args));

async function testFiles(): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  return names.filter((name) => name.endsWith("_test.ts")).map((name) => `${FOLDER}/${name}`);
}
