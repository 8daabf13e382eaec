/**
 * Gathers the test files of folders into few modules, which `deno test` runs in their place.
 *
 * Each module that `deno test` is given costs it half a second of processor time before its first test,
 * and there are hundreds of files. A batch imports many of them, so that this is paid once for all;
 * a failure is told with the file and line of its test all the same.
 *
 * @module
 */

import { parseArgs } from "node:util";

const ROOT = new URL("../", import.meta.url);
const BATCHES = new URL("dist/tests/batches/", ROOT);
/**
 * So many that no worker of `deno test` is left with a long one while the others have nothing to do, and no more:
 * each loads the program for itself, which takes more than a second of processor time.
 */
const MAX_BATCHES = 12;

/** Paths of the test files in a folder, such as `tests/limits/options_test.ts`, but for folders that are left out. */
export function testFiles(folder: string, except: readonly string[] = []): string[] {
  if (except.includes(folder)) return [];
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return testFiles(path, except);
    return name.endsWith("_test.ts") ? [path] : [];
  }).sort();
}

/** Deals files out in turn, so that each batch gets of every folder, slow ones and quick ones. */
function batchesOf(files: readonly string[]): string[][] {
  const batches: string[][] = Array.from({ length: Math.min(MAX_BATCHES, files.length) }, () => []);
  for (const [turn, file] of files.entries()) batches[turn % batches.length]?.push(file);
  return batches;
}

function writeBatches(batches: readonly (readonly string[])[]): void {
  Deno.mkdirSync(BATCHES, { recursive: true });
  for (const { name } of Deno.readDirSync(BATCHES)) Deno.removeSync(new URL(name, BATCHES));
  for (const [index, files] of batches.entries()) {
    const imports = files.map((path) => `import "../../../${path}";\n`);
    Deno.writeTextFileSync(new URL(`${index + 1}_test.ts`, BATCHES), imports.join(""));
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { except: { type: "string", default: "" } },
    allowPositionals: true,
  });
  const except = values.except.split(",");
  writeBatches(batchesOf(positionals.flatMap((folder) => testFiles(folder, except))));
}
