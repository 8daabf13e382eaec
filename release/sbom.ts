/**
 * Says what the executable is made of, as SPDX 2.3: Weir, the packages that its code reaches, and the runtime.
 *
 * @see {@link https://spdx.github.io/spdx-spec/v2.3/}
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { runCommand } from "./run_command.ts";
import { DESCRIPTION, LICENSE, REPOSITORY, VERSION } from "./targets.ts";

/** A package as `deno info` tells of it. */
interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly registryUrl: string;
  readonly localPath: string;
}

interface ModuleGraph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, FoundPackage>>;
}

interface LockFile {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

const NONE = "NOASSERTION";
const WEIR = "SPDXRef-weir";
const RUNTIME = "SPDXRef-deno";

export async function writeSbom(folder: string, created: Date): Promise<void> {
  const graph: ModuleGraph = JSON.parse(
    await runCommand(Deno.execPath(), ["info", "--json", "main.ts"]),
  );
  const path = `${folder}/weir-${VERSION}.spdx.json`;
  const document = await makeDocument(graph, created);
  await Deno.writeTextFile(path, `${JSON.stringify(document, null, 2)}\n`);
  console.log(path);
}

async function makeDocument(graph: ModuleGraph, created: Date): Promise<object> {
  const roots = graph.modules.flatMap(({ npmPackage }) => npmPackage ?? []);
  const reached = reachedFrom(roots, graph.npmPackages);
  const lock: LockFile = JSON.parse(await Deno.readTextFile("deno.lock"));
  const relate = (from: string, relationshipType: string, to: string) => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `weir-${VERSION}`,
    documentNamespace: `${REPOSITORY}/spdx/weir-${VERSION}-${crypto.randomUUID()}`,
    creationInfo: {
      created: created.toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: weir-release-${VERSION}`],
    },
    packages: [
      ownPackage(),
      runtimePackage(),
      ...await Promise.all([...reached].map(([id, found]) => npmPackage(id, found, lock))),
    ],
    relationships: [
      relate("SPDXRef-DOCUMENT", "DESCRIBES", WEIR),
      relate(WEIR, "DEPENDS_ON", RUNTIME),
      ...[...new Set(roots)].map((id) => relate(WEIR, "DEPENDS_ON", elementOf(id))),
      ...[...reached].flatMap(([id, { dependencies }]) =>
        dependencies.map((other) => relate(elementOf(id), "DEPENDS_ON", elementOf(other)))
      ),
    ],
  };
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
  return new Map([...reached].sort(([one], [other]) => one < other ? -1 : 1));
}

/** Letters, digits, dots and dashes are all that an identifier may have. */
function elementOf(id: string): string {
  return `SPDXRef-npm-${id.replaceAll(/[^A-Za-z0-9.-]/g, "-")}`;
}

function ownPackage(): object {
  return {
    SPDXID: WEIR,
    name: "weir",
    versionInfo: VERSION,
    summary: DESCRIPTION,
    downloadLocation: `git+${REPOSITORY}.git@v${VERSION}`,
    filesAnalyzed: false,
    licenseConcluded: LICENSE,
    licenseDeclared: LICENSE,
    copyrightText: NONE,
    primaryPackagePurpose: "APPLICATION",
  };
}

/** Its parts, V8 among them, stand in its own statement. */
function runtimePackage(): object {
  const { deno } = Deno.version;
  return {
    SPDXID: RUNTIME,
    name: "deno",
    versionInfo: deno,
    downloadLocation: `https://github.com/denoland/deno/releases/tag/v${deno}`,
    filesAnalyzed: false,
    licenseConcluded: NONE,
    licenseDeclared: "MIT",
    copyrightText: NONE,
    externalRefs: [purl(`pkg:github/denoland/deno@v${deno}`)],
  };
}

async function npmPackage(id: string, found: FoundPackage, lock: LockFile): Promise<object> {
  const { name, version, registryUrl, localPath } = found;
  const { license } = JSON.parse(await Deno.readTextFile(`${localPath}/package.json`));
  const file = name.split("/").at(-1);
  return {
    SPDXID: elementOf(id),
    name,
    versionInfo: version,
    downloadLocation: `${registryUrl}${name}/-/${file}-${version}.tgz`,
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA512", checksumValue: checksumOf(id, lock) }],
    licenseConcluded: NONE,
    licenseDeclared: typeof license === "string" ? license : NONE,
    copyrightText: NONE,
    externalRefs: [purl(`pkg:npm/${name.replace("@", "%40")}@${version}`)],
  };
}

/** Of the archive, as the lock file holds every installation against it. */
function checksumOf(id: string, { npm }: LockFile): string {
  const [, base64] = /^sha512-(.*)$/.exec(npm[id]?.integrity ?? "") ?? [];
  if (base64 === undefined) throw new Error(`deno.lock has no checksum of ${id}`);
  return Uint8Array.fromBase64(base64).toHex();
}

function purl(referenceLocator: string): object {
  return {
    referenceCategory: "PACKAGE-MANAGER",
    referenceType: "purl",
    referenceLocator,
  };
}
