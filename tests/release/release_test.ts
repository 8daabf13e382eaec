/**
 * Makes the release of this platform of `WEIR_BINARY`, installs it in each way that people have, and starts it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { archiveOf, executableOf, type Target, TARGETS } from "../../release/targets.ts";
import { binaryPath } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { startNpmRegistry } from "./npm_registry.ts";
import { readSpdx } from "./spdx.ts";

const ROOT = new URL("../../", import.meta.url);
const VERSION = denoJson.version;
const target = TARGETS.find(({ os, cpu }) =>
  os === Deno.build.os && cpu === (Deno.build.arch === "x86_64" ? "x64" : "arm64")
) as Target;

interface Ended {
  readonly code: number;
  readonly output: string;
}

async function run(
  [program = "", ...args]: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: cwd ?? ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

async function step(folder: string, name: string): Promise<void> {
  const { code, output } = await run(
    [
      Deno.execPath(),
      "run",
      "--no-check",
      "--allow-all",
      "release/main.ts",
      name,
      "--folder",
      folder,
    ],
  );
  assertEquals(code, 0, output);
}

/** Serves the files of a release, as GitHub does. */
function serveFiles(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ url }) => {
      const file = await Deno.readFile(folder + new URL(url).pathname).catch(() => undefined);
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    },
  );
}

/** Of a server that is told which to take before it can say so. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function startsAndStops(
  program: string,
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<void> {
  const child = new Deno.Command("sh", {
    args: ["-c", `exec ${program}`],
    cwd,
    env: { ...env, HOST: "127.0.0.1", PORT: "0" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let printed = "";
  const lines = child.stderr.pipeThrough(new TextDecoderStream());
  for await (const text of lines.values({ preventCancel: true })) {
    printed += text;
    const [, url] = /listens on (http:\S+)/.exec(printed) ?? [];
    if (url === undefined) continue;
    const answer = await fetch(`${url}/healthz`);
    assertEquals((await answer.json()).ok, true);
    break;
  }
  child.kill("SIGTERM");
  await lines.cancel();
  assertEquals((await child.status).code, 0, printed);
}

/** A release that was made, and a folder of the test's own. */
interface Release {
  readonly folder: string;
  readonly place: string;
}

const archive = archiveOf(target);

async function hasItsSums({ folder }: Release): Promise<void> {
  const { code, output } = await run(["sha256sum", "--check", "--strict", "SHA256SUMS"], {
    cwd: folder,
  });
  assertEquals([code, output.trim().split("\n").sort()], [0, [
    "install.sh: OK",
    `${archive}: OK`,
    `weir-${VERSION}.spdx.json: OK`,
  ]]);
}

async function packsTheSame({ place }: Release): Promise<void> {
  const small = `${place}/small`;
  const archives: Uint8Array[] = [];
  for (const mtime of [1, 2]) {
    const path = executableOf(small, target);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "small");
    await Deno.utime(path, mtime, mtime);
    await step(small, "pack");
    archives.push(await Deno.readFile(`${small}/${archive}`));
  }
  assertEquals(archives[0], archives[1]);
}

async function hasSbom({ folder }: Release): Promise<void> {
  const { packages } = readSpdx(await Deno.readTextFile(`${folder}/weir-${VERSION}.spdx.json`));
  const names = packages.map(({ name }) => name);
  for (const name of ["weir", "deno", "zod", "ioredis", "prom-client"]) {
    assert(names.includes(name), name);
  }
  assertEquals(names.filter((name) => name.startsWith("@ai-sdk/")), []);
  assertEquals(packages.filter(({ licenseDeclared }) => licenseDeclared === "NOASSERTION"), []);
}

async function answersFromArchive({ folder }: Release): Promise<void> {
  const env = { PORT: String(freePort()) };
  const { code, output } = await run(["release/try.sh", folder, target.name], { env });
  assertEquals(code, 0, output);
  assertStringIncludes(output, `${target.name} answers\n`);
}

async function installsByScript({ folder, place }: Release): Promise<void> {
  await using files = serveFiles(folder);
  const directory = `${place}/home/bin`;
  const env = {
    WEIR_DOWNLOAD_URL: `http://127.0.0.1:${files.addr.port}`,
    WEIR_INSTALL_DIR: directory,
  };
  const installed = await run(["sh", `${folder}/install.sh`], { env });
  assertEquals(installed.code, 0, installed.output);
  assertStringIncludes(installed.output, `${VERSION} is ${directory}/weir`);
  assertEquals((await run(["sh", "-c", `${directory}/weir version`])).output.trim(), VERSION);

  const script = await Deno.readTextFile(`${folder}/install.sh`);
  assertStringIncludes(script, `repository=${denoJson.repository}\n`);
  await Deno.remove(directory, { recursive: true });
  await Deno.writeTextFile(`${folder}/${archive}`, "something else");
  const refused = await run(["sh", `${folder}/install.sh`], { env });
  assertEquals(refused.code, 1);
  assertMatch(refused.output, /is not what the release says; nothing was installed/);
  assertEquals(await Deno.stat(directory).catch(() => undefined), undefined);
}

async function installsByNpm({ folder, place }: Release): Promise<void> {
  await using registry = await startNpmRegistry(`${folder}/npm`);
  const env = {
    npm_config_registry: registry.url,
    npm_config_cache: `${place}/npm-cache`,
    // What npm asks for itself.
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  };
  const npx = ["npx", "--yes", "weir-gateway"];
  const empty = { cwd: place, env };
  const version = await run([...npx, "version"], empty);
  assertEquals([version.code, version.output.trim()], [0, VERSION]);
  const archives = registry.asked.filter((path) => path.endsWith(".tgz")).sort();
  const own = `weir-gateway-${target.os}-${target.cpu}`;
  assertEquals(archives, [
    `/${own}/-/${own}-${VERSION}.tgz`,
    `/weir-gateway/-/weir-gateway-${VERSION}.tgz`,
  ]);
  assertEquals(registry.asked.filter((path) => !/^\/weir-gateway/.test(path)), []);
  // Not by npx, which ends with its signal and waits for nobody.
  const [installed] = await Array.fromAsync(Deno.readDir(`${place}/npm-cache/_npx`));
  const bin = `${place}/npm-cache/_npx/${installed?.name}/node_modules/.bin`;
  await startsAndStops(`${bin}/weir-gateway`, empty);
}

const STEPS: readonly (readonly [title: string, step: (release: Release) => Promise<void>])[] = [
  ["its files are those of SHA256SUMS", hasItsSums],
  ["what is the same is packed the same", packsTheSame],
  ["the SBOM is SPDX 2.3 and has every package that is imported", hasSbom],
  ["the executable of the archive answers a call", answersFromArchive],
  ["the script installs what is as the release says, and nothing else", installsByScript],
  ["npx fetches the package and its platform's, and starts it", installsByNpm],
];

Deno.test("a release is made, checked, installed by script and by npm, and started", async (test) => {
  assert(binaryPath !== undefined, "WEIR_BINARY names no executable");
  await using place = await workingDirectory({});
  const folder = `${place.path}/release`;
  const executable = executableOf(folder, target);
  await Deno.mkdir(executable.slice(0, executable.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(binaryPath, executable);
  for (const name of ["pack", "npm", "sbom", "finish"]) await step(folder, name);
  for (const [title, run] of STEPS) {
    await test.step(title, () => run({ folder, place: place.path }));
  }
});
