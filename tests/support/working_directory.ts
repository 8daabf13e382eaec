/** A directory of its own for a program under test. */

import { fileURLToPath } from "node:url";

/** Tests may write below this alone. */
const PARENT = new URL("../../dist/tests/", import.meta.url);

export interface WorkingDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Makes a directory that holds `files`, by name; `await using` removes it with the test. */
export async function workingDirectory(
  files: Readonly<Record<string, string>>,
): Promise<WorkingDirectory> {
  await Deno.mkdir(PARENT, { recursive: true });
  const path = await Deno.makeTempDir({ dir: fileURLToPath(PARENT) });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
