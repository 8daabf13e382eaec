/**
 * Makes the packages for npm: one of a few lines, and one for each platform with its executable, of which npm
 * fetches the one that fits.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { runCommand } from "./run_command.ts";
import {
  compiledTargets,
  DESCRIPTION,
  executableOf,
  LICENSE,
  REPOSITORY,
  type Target,
  TARGETS,
  VERSION,
} from "./targets.ts";

export const NPM_NAME = "weir-gateway";

const platformName = ({ os, cpu }: Target): string => `${NPM_NAME}-${os}-${cpu}`;

const COMMON = {
  version: VERSION,
  license: LICENSE,
  homepage: REPOSITORY,
  repository: { type: "git", url: `git+${REPOSITORY}.git` },
};

export async function makeNpmPackages(folder: string): Promise<void> {
  const place = `${folder}/npm`;
  await Deno.mkdir(place, { recursive: true });
  for (const target of await compiledTargets(folder)) {
    const source = executableOf(folder, target);
    await makePackage(place, {
      name: platformName(target),
      description: `The executable of ${NPM_NAME} for ${target.os} on ${target.cpu}`,
      os: [target.os],
      cpu: [target.cpu],
      // The executable needs glibc.
      ...(target.os === "linux" && { libc: ["glibc"] }),
      files: [target.executable],
    }, { [target.executable]: source });
  }
  await makePackage(place, {
    name: NPM_NAME,
    description: DESCRIPTION,
    bin: { weir: "weir.js", [NPM_NAME]: "weir.js" },
    files: ["weir.js"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(
      TARGETS.map((target) => [platformName(target), VERSION]),
    ),
  }, { "weir.js": new URL("npm/weir.js", import.meta.url), "README.md": "README.md" });
}

async function makePackage(
  place: string,
  description: { readonly name: string } & Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string | URL>>,
): Promise<void> {
  const path = `${place}/${description.name}`;
  await Deno.mkdir(path, { recursive: true });
  const text = JSON.stringify({ ...description, ...COMMON }, null, 2);
  await Deno.writeTextFile(`${path}/package.json`, `${text}\n`);
  await Deno.copyFile("LICENSE", `${path}/LICENSE`);
  for (const [name, source] of Object.entries(files)) {
    await Deno.copyFile(source, `${path}/${name}`);
    if (Deno.build.os !== "windows") await Deno.chmod(`${path}/${name}`, 0o755);
  }
  await runCommand("npm", ["pack", "--silent", "--pack-destination", place, path]);
  console.log(`${place}/${description.name}-${VERSION}.tgz`);
}
