/** What goes with the archives: the install script with the owner's address in it, and checksums of all. */

// deno-lint-ignore-file no-console -- This is a command.

import { createHash } from "node:crypto";
import { REPOSITORY } from "./targets.ts";

const SUMS = "SHA256SUMS";

export async function finish(folder: string): Promise<void> {
  const script = await Deno.readTextFile(new URL("install.sh", import.meta.url));
  await Deno.writeTextFile(`${folder}/install.sh`, script.replaceAll("@REPOSITORY@", REPOSITORY));
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const names = entries.filter(({ isFile, name }) => isFile && name !== SUMS)
    .map(({ name }) => name).sort();
  const lines: string[] = [];
  for (const name of names) lines.push(`${await sha256Of(`${folder}/${name}`)}  ${name}\n`);
  await Deno.writeTextFile(`${folder}/${SUMS}`, lines.join(""));
  console.log(lines.join("").trimEnd());
}

async function sha256Of(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}
