/** Packs each executable with its licence. */

// deno-lint-ignore-file no-console -- This is a command.

import { runCommand } from "./run_command.ts";
import { archiveOf, compiledTargets, executableOf } from "./targets.ts";

export async function pack(folder: string): Promise<void> {
  for (const target of await compiledTargets(folder)) {
    const executable = executableOf(folder, target);
    const place = executable.slice(0, executable.lastIndexOf("/"));
    await Deno.copyFile("LICENSE", `${place}/LICENSE`);
    if (Deno.build.os !== "windows") await Deno.chmod(executable, 0o755);
    const archive = `${folder}/${archiveOf(target)}`;
    // The same files make the same archive, whoever packs them and when.
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    const tar = `${archive.slice(0, -".gz".length)}`;
    await runCommand("tar", [...same, "-cf", tar, "-C", place, target.executable, "LICENSE"]);
    await runCommand("gzip", ["-n", "-f", tar]);
    console.log(archive);
  }
}
