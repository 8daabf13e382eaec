/** Rules over the import graph: layers, packages, cycles, dead files. */

import { type Allowance, AWAITED, ENTRIES, layerOf, MAY_IMPORT } from "./import_table.ts";
import type { Import, SourceFile, Violation } from "./source_file.ts";

const TABLE = "tests/architecture/import_table.ts";

/** Checks what the files of the program import; tests and benches may import anything. */
export function importViolations(files: readonly SourceFile[]): Violation[] {
  const program = files.filter(({ path }) => path === "main.ts" || path.startsWith("src/"));
  return [
    ...program.flatMap(layerViolations),
    ...unreachableViolations(program),
    ...cycleViolations(program),
  ];
}

function layerViolations({ path, imports }: SourceFile): Violation[] {
  const layer = layerOf(path);
  const allowance = layer === undefined ? undefined : MAY_IMPORT[layer];
  if (layer === undefined || allowance === undefined) {
    const message =
      `belongs to no layer; move it into one of src's folders, or add a layer to ${TABLE}`;
    return [{ rule: "layer", path, message }];
  }
  return imports.flatMap((imported) => {
    const message = imported.isOurs
      ? layerMessage(layer, allowance, imported)
      : packageMessage(layer, allowance, imported);
    if (message === undefined) return [];
    return [{ rule: imported.isOurs ? "layer" : "package", path, message }];
  });
}

function layerMessage(
  layer: string,
  { ours, typesOfOurs = [] }: Allowance,
  { target, isTypeOnly }: Import,
): string | undefined {
  const imported = layerOf(target) ?? "";
  if ([layer, ...ours].includes(imported)) return undefined;
  if (isTypeOnly && typesOfOurs.includes(imported)) return undefined;
  const allowed = [layer, ...ours, ...typesOfOurs.map((name) => `types of ${name}`)];
  return `${layer} may not import ${target}, only ${allowed.join(", ")}; ` +
    "take what is needed as an argument";
}

function packageMessage(
  layer: string,
  { packages, typesOf = [] }: Allowance,
  { target, isTypeOnly }: Import,
): string | undefined {
  if (packages.includes(target) || isTypeOnly && typesOf.includes(target)) return undefined;
  if (packages.includes("node:*") && target.startsWith("node:")) return undefined;
  const allowed = [...packages, ...typesOf.map((name) => `types of ${name}`)];
  return `${layer} may not import ${target}, only ${allowed.join(", ") || "our own files"}; ` +
    "use it in a layer that may";
}

function unreachableViolations(program: readonly SourceFile[]): Violation[] {
  const reached = new Set<string>([...ENTRIES, ...Object.keys(AWAITED)]);
  const byPath = new Map(program.map((file) => [file.path, file]));
  for (const path of reached) { // Grows while it is walked.
    for (const { target } of ourImports(byPath.get(path))) reached.add(target);
  }
  // The types of a JavaScript file beside it are imported by nobody.
  const isReached = (path: string): boolean =>
    reached.has(path) || reached.has(path.replace(/\.d\.ts$/, ".js"));
  return program.filter(({ path }) => !isReached(path)).map(({ path }) => ({
    rule: "unreachable",
    path,
    message: "nothing below main.ts imports it; use it or delete it",
  }));
}

/** Reports each cycle once. A type is as good as a value: either ties two files together. */
function cycleViolations(program: readonly SourceFile[]): Violation[] {
  const byPath = new Map(program.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const violations: Violation[] = [];
  function visit(path: string): void {
    if (done.has(path)) return;
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = [...trail.slice(start), path].join(" -> ");
      violations.push({
        rule: "cycle",
        path,
        message: `${cycle}; move what they share into a file that imports neither`,
      });
      return;
    }
    trail.push(path);
    for (const { target } of ourImports(byPath.get(path))) visit(target);
    trail.pop();
    done.add(path);
  }
  for (const { path } of program) visit(path);
  return violations;
}

function ourImports(file: SourceFile | undefined): readonly Import[] {
  return file?.imports.filter(({ isOurs }) => isOurs) ?? [];
}
