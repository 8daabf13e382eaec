/**
 * Makes a release, step by step: `main.ts check`, `compile [TARGET...]`, then `pack`, `npm`, `sbom`, `finish`, all in
 * `dist/release` or the folder that `--folder` names. Steps after `compile` take what is there.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { checkPlace } from "./check_place.ts";
import { compile } from "./compile.ts";
import { finish } from "./finish.ts";
import { makeNpmPackages } from "./npm_packages.ts";
import { pack } from "./pack.ts";
import { writeSbom } from "./sbom.ts";

export const STEPS = {
  check: checkPlace,
  compile,
  pack,
  npm: makeNpmPackages,
  sbom: (folder: string) => writeSbom(folder, new Date()),
  finish,
} as const satisfies Readonly<
  Record<string, (folder: string, names: readonly string[]) => Promise<void>>
>;

if (import.meta.main) {
  const { values: { folder }, positionals: [name = "", ...names] } = parseArgs({
    allowPositionals: true,
    options: { folder: { type: "string", default: "dist/release" } },
  });
  const step = Object.entries(STEPS).find(([known]) => known === name)?.[1];
  if (step === undefined) {
    console.error(`There is no step ${name}; there are ${Object.keys(STEPS).join(", ")}`);
    Deno.exit(2);
  }
  await Deno.mkdir(folder, { recursive: true });
  await step(folder, names);
}
