/**
 * The project's files as the architecture's rules see them.
 *
 * @module
 */

import { AWAITED, ENTRIES } from "./import_table.ts";

/** One import of a file. */
export interface Import {
  /** Path of one of the project's files, else a package's name or a `node:` module. */
  readonly target: string;
  readonly isOurs: boolean;
  readonly isTypeOnly: boolean;
}

export interface SourceFile {
  /** From the project's top level, with `/` between folders. */
  readonly path: string;
  readonly text: string;
  /** Empty for a file that is not part of the program. */
  readonly imports: readonly Import[];
}

export type RuleName =
  | "layer"
  | "package"
  | "cycle"
  | "unreachable"
  | "network"
  | "runtime"
  | "clock"
  | "randomness"
  | "any"
  | "provider-name"
  | "file-length"
  | "function-length";

/** One breach of a rule; the message says what to do instead. */
export interface Violation {
  readonly rule: RuleName;
  readonly path: string;
  /** 1 for the first line; absent where the whole file is meant. */
  readonly line?: number;
  readonly message: string;
}

/** A violation as a line of the test's report. */
export function formatViolation({ rule, path, line, message }: Violation): string {
  return `${path}${line === undefined ? "" : `:${line}`}: ${rule}: ${message}`;
}

/** The part of `deno info --json` that is read here. */
export interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** Imports by the path of the importing file, for each of the project's files in the graph. */
export function importsByPath(graph: ModuleGraph, root: URL): Map<string, readonly Import[]> {
  const imports = new Map<string, readonly Import[]>();
  for (const { specifier, dependencies = [] } of graph.modules) {
    if (!specifier.startsWith(root.href)) continue;
    imports.set(
      specifier.slice(root.href.length),
      dependencies.map(({ specifier, code, type }) => {
        const resolved = code?.specifier ?? type?.specifier ?? specifier;
        const isOurs = resolved.startsWith(root.href);
        return {
          target: isOurs ? resolved.slice(root.href.length) : packageName(resolved),
          isOurs,
          isTypeOnly: code === undefined,
        };
      }),
    );
  }
  return imports;
}

/** `hono` of `npm:/hono@^4.0.0/cors`; anything but an npm package stands for itself. */
function packageName(specifier: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1] ?? specifier;
}

/** Reads the programs below their entries and what waits for its place in it, and every file of `src`, `tests` and `bench` beside it. */
export async function readSourceFiles(root: URL): Promise<SourceFile[]> {
  const graphs = await Promise.all(
    [...ENTRIES, ...Object.keys(AWAITED)].map((entry) => moduleGraph(root, entry)),
  );
  const imports = new Map(graphs.flatMap((graph) => [...importsByPath(graph, root)]));
  const paths = ["main.ts"];
  for (const folder of ["src", "tests", "bench"]) {
    paths.push(...await codePaths(folder, root));
  }
  return await Promise.all(paths.map(async (path) => ({
    path,
    text: await Deno.readTextFile(new URL(path, root)),
    imports: imports.get(path) ?? [],
  })));
}

async function moduleGraph(root: URL, entry: string): Promise<ModuleGraph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function codePaths(folder: string, root: URL): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) paths.push(...await codePaths(path, root));
    else if (/\.(ts|js)$/.test(entry.name)) paths.push(path);
  }
  return paths.sort();
}
