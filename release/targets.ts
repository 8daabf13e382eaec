/** The platforms that a release is made for. */

import denoJson from "../deno.json" with { type: "json" };

export interface Target {
  /** In names of files and packages; what `install.sh` makes of `uname`. */
  readonly name: string;
  /** As `deno compile --target` calls it. */
  readonly triple: string;
  readonly executable: string;
  /** As npm calls them. */
  readonly os: string;
  readonly cpu: string;
}

export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    triple: "x86_64-unknown-linux-gnu",
    executable: "weir",
    os: "linux",
    cpu: "x64",
  },
  {
    name: "linux-arm64",
    triple: "aarch64-unknown-linux-gnu",
    executable: "weir",
    os: "linux",
    cpu: "arm64",
  },
  {
    name: "macos-x64",
    triple: "x86_64-apple-darwin",
    executable: "weir",
    os: "darwin",
    cpu: "x64",
  },
  {
    name: "macos-arm64",
    triple: "aarch64-apple-darwin",
    executable: "weir",
    os: "darwin",
    cpu: "arm64",
  },
  {
    name: "windows-x64",
    triple: "x86_64-pc-windows-msvc",
    executable: "weir.exe",
    os: "win32",
    cpu: "x64",
  },
];

export const VERSION: string = denoJson.version;
/** The owner's address, which stands in deno.json and nowhere else. */
export const REPOSITORY: string = denoJson.repository;
export const LICENSE: string = denoJson.license;
export const DESCRIPTION =
  "An LLM gateway in one file: one address for the APIs of OpenAI, Anthropic and Google, in front of any provider";

export const archiveOf = ({ name }: Target): string => `weir-${VERSION}-${name}.tar.gz`;

/** Where the executables of a release lie before they are packed. */
export const executableOf = (folder: string, { name, executable }: Target): string =>
  `${folder}/bin/${name}/${executable}`;

/** The targets whose executables are there. */
export async function compiledTargets(folder: string): Promise<readonly Target[]> {
  const found = await Promise.all(TARGETS.map(async (target) => {
    const file = await Deno.stat(executableOf(folder, target)).catch(() => undefined);
    return file?.isFile === true ? [target] : [];
  }));
  return found.flat();
}
