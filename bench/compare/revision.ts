/** A revision of this repository as a directory of its own. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Below the project, so that no other directory has to be written to; git ignores it. */
const PARENT = `${ROOT}dist/compare`;

/** A checkout; `await using` removes it. */
export interface Revision extends AsyncDisposable {
  readonly path: string;
  /** The full name of the commit. */
  readonly commit: string;
}

/** The working tree as it is. */
export const WORKING_TREE = ROOT.slice(0, -1);

/** Takes the files of a commit out of the repository, which is left as it is. Throws where there is none. */
export async function checkOut(ref: string): Promise<Revision> {
  const commit = await commitOf(ref);
  await Deno.mkdir(PARENT, { recursive: true });
  const path = await Deno.makeTempDir({ dir: PARENT, prefix: commit.slice(0, 12) });
  const remove = () => Deno.remove(path, { recursive: true });
  try {
    const archive = `${path}/files.tar`;
    await run("git", ["archive", "--output", archive, commit]);
    await run("tar", ["-xf", archive, "-C", path]);
    await Deno.remove(archive);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, commit, [Symbol.asyncDispose]: remove };
}

async function commitOf(ref: string): Promise<string> {
  try {
    const output = await run("git", [
      "rev-parse",
      "--verify",
      "--end-of-options",
      `${ref}^{commit}`,
    ]);
    return output.trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${
        JSON.stringify(ref)
      } is no revision of this repository; name a commit, a branch or a tag, ` +
        `such as HEAD or main (${reason})`,
    );
  }
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], cwd: ROOT });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
