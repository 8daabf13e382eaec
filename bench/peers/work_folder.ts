/** Where packages, built programs and the servers' files lie: outside of the tree, and kept. */

/** Absolute path, without a slash at its end. */
export const WORK_FOLDER = `${Deno.env.get("HOME")}/.cache/weir-bench-peers`;

/** Writes a file of the folder and returns its absolute path. */
export async function writeWorkFile(name: string, content: string): Promise<string> {
  const path = `${WORK_FOLDER}/${name}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, content);
  return path;
}

/** Waits until no other run goes on, since two would measure each other. */
export async function lockWorkFolder(): Promise<Disposable> {
  await Deno.mkdir(WORK_FOLDER, { recursive: true });
  const file = await Deno.open(`${WORK_FOLDER}/lock`, { create: true, write: true });
  await file.lock(true);
  return file;
}
