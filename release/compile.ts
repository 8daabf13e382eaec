/** Makes the executables, by the flags of `deno task embed`. */

// deno-lint-ignore-file no-console -- This is a command.

import denoJson from "../deno.json" with { type: "json" };
import { runCommand } from "./run_command.ts";
import { executableOf, TARGETS } from "./targets.ts";

/** @param names Of targets; all where none is named. */
export async function compile(folder: string, names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) throw new Error(`There is no target ${unknown.join(", ")}`);
  await runCommand(Deno.execPath(), ["task", "bundle"]);
  for (const target of TARGETS) {
    if (names.length > 0 && !names.includes(target.name)) continue;
    const output = executableOf(folder, target);
    await runCommand(Deno.execPath(), [...compileArguments(), ...outputOf(output, target.triple)]);
    console.log(output);
  }
}

/** Those of the task, up to where it says what is made. */
export function compileArguments(): readonly string[] {
  const [program, ...args] = denoJson.tasks.embed.command.split(" ");
  const end = args.indexOf("--output");
  if (program !== "deno" || end < 0) throw new Error("deno task embed is not what it was");
  return args.slice(0, end);
}

function outputOf(output: string, triple: string): readonly string[] {
  return ["--target", triple, "--output", output, "dist/bundle/main.js"];
}
