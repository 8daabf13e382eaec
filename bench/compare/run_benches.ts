/** Runs benches of a revision in a process of their own, as its own `deno task bench` does. */

/**
 * Nanoseconds of an iteration by bench, or why there are none: of the fastest one, which suffers least from
 * what else the machine does.
 */
export type Times = ReadonlyMap<string, number | { readonly failure: string }>;

/** The part of what `deno bench --json` prints that is read here. */
interface BenchReport {
  readonly benches: readonly {
    readonly group: string | null;
    readonly name: string;
    readonly results: readonly {
      readonly ok?: { readonly min: number };
      readonly failed?: unknown;
    }[];
  }[];
}

/** Names of the files with benches, sorted. */
export async function benchFiles(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${path}/bench`)) {
    if (name.endsWith("_bench.ts")) names.push(name);
  }
  return names.sort();
}

/** @param flags Of the runtime, beyond those of the revision's own task. */
export async function runBenches(
  path: string,
  file: string,
  flags: readonly string[] = [],
): Promise<Times> {
  const args = ["bench", ...await taskFlags(path), ...flags, "--json", `bench/${file}`];
  const command = new Deno.Command(Deno.execPath(), { args, cwd: path, stdin: "null" });
  const { stdout, stderr } = await command.output();
  const report = readReport(new TextDecoder().decode(stdout));
  if (report === undefined) {
    throw new Error(
      `${path}/bench/${file} cannot run:\n${new TextDecoder().decode(stderr).trim()}`,
    );
  }
  return new Map(report.benches.map(({ group, name, results: [result] }) => [
    group === null ? name : `${group} / ${name}`,
    result?.ok?.min ?? { failure: JSON.stringify(result?.failed ?? "no result") },
  ]));
}

/** A bench that fails is in the report, a file that does not load has none. */
function readReport(text: string): BenchReport | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The flags that a revision's `deno task bench` gives, with what its shell would fill in. */
async function taskFlags(path: string): Promise<readonly string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${path}/deno.json`));
  const command = tasks?.bench?.command;
  if (typeof command !== "string") throw new Error(`${path}/deno.json has no task "bench"`);
  const words = command.match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ""))
    .filter((word) => word.startsWith("--"))
    .map((word) => word.replace(/\$\(deno eval '[^']*'\)/, Deno.execPath()));
}
