/** The packages that the executable is made of, as code reaches them: the gateway's, and those of the console's page. */

import { Buffer } from "node:buffer";
import { runCommand } from "./run_command.ts";

/** Where code of others begins, by what is made of it. */
const ENTRIES = { gateway: "main.ts", console: "src/console/main.ts" } as const;

/** What a package is part of. */
export type Part = keyof typeof ENTRIES;

export interface ShippedPackage {
  /** As `deno.lock` has it. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Folder that it lies in on this machine. */
  readonly localPath: string;
  /** Of its archive, in hexadecimal digits, as the lock file holds every installation against it. */
  readonly sha512: string;
  readonly registryUrl: string;
  /** Ids of those that it depends on. */
  readonly dependencies: readonly string[];
  /** What it is part of. */
  readonly parts: readonly Part[];
  /** Whether our own code imports it. */
  readonly isDirect: boolean;
}

/** A package as `deno info` tells of it. */
interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly registryUrl: string;
  readonly localPath: string;
}

interface FoundModule {
  readonly specifier: string;
  readonly npmPackage?: string;
  /** What is imported for its types alone has no code. */
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
}

interface ModuleGraph {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly FoundModule[];
  readonly npmPackages: Readonly<Record<string, FoundPackage>>;
}

interface LockFile {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

/** In the order of their ids. */
export async function readShippedPackages(): Promise<readonly ShippedPackage[]> {
  const lock: LockFile = JSON.parse(await Deno.readTextFile("deno.lock"));
  const shipped = new Map<string, ShippedPackage>();
  for (const [part, entry] of Object.entries(ENTRIES) as [Part, string][]) {
    const graph: ModuleGraph = JSON.parse(
      await runCommand(Deno.execPath(), ["info", "--json", entry]),
    );
    const roots = importedBy(graph);
    for (const [id, found] of reachedFrom([...roots], graph.npmPackages)) {
      const known = shipped.get(id);
      shipped.set(id, {
        ...known ?? { ...found, id, sha512: checksumOf(id, lock) },
        parts: [...known?.parts ?? [], part],
        isDirect: known?.isDirect === true || roots.has(id),
      });
    }
  }
  return [...shipped.values()].sort(({ id: one }, { id: other }) => one < other ? -1 : 1);
}

/** The packages that our own code imports for more than their types. */
function importedBy({ roots, redirects, modules }: ModuleGraph): ReadonlySet<string> {
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const seen = new Set<FoundModule>();
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const module = bySpecifier.get(redirects[next] ?? next);
    if (module === undefined || seen.has(module)) continue;
    seen.add(module);
    waiting.push(...(module.dependencies ?? []).flatMap(({ code }) => code?.specifier ?? []));
  }
  return new Set([...seen].flatMap(({ npmPackage }) => npmPackage ?? []));
}

/** The packages that code reaches, by their ids, and what those depend on. */
function reachedFrom(
  roots: readonly string[],
  packages: ModuleGraph["npmPackages"],
): ReadonlyMap<string, FoundPackage> {
  const reached = new Map<string, FoundPackage>();
  const waiting = [...roots];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const found = packages[id];
    if (found === undefined) throw new Error(`deno info tells nothing of ${id}`);
    if (reached.has(id)) continue;
    reached.set(id, found);
    waiting.push(...found.dependencies);
  }
  return reached;
}

/** As it says itself; `undefined` where it does not. */
export async function licenseOf(
  { localPath }: Pick<ShippedPackage, "localPath">,
): Promise<string | undefined> {
  const { license } = JSON.parse(await Deno.readTextFile(`${localPath}/package.json`));
  return typeof license === "string" ? license : undefined;
}

function checksumOf(id: string, { npm }: LockFile): string {
  const sha512 = sha512Of(npm[id]?.integrity);
  if (sha512 === undefined) throw new Error(`deno.lock has no checksum of ${id}`);
  return sha512;
}

/** In hexadecimal digits, from how npm and the lock file write it; `undefined` where it is none. */
export function sha512Of(integrity = ""): string | undefined {
  const [, base64] = /^sha512-(.*)$/.exec(integrity) ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("hex");
}
