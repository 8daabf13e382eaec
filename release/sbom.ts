/**
 * Says what the executable is made of, as SPDX 2.3: Weir, the packages that its code and its console's reach, and the runtime.
 *
 * @see {@link https://spdx.github.io/spdx-spec/v2.3/}
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { licenseOf, readShippedPackages, type ShippedPackage } from "./shipped_packages.ts";
import { DESCRIPTION, LICENSE, REPOSITORY, VERSION } from "./targets.ts";

const NONE = "NOASSERTION";
const WEIR = "SPDXRef-weir";
const RUNTIME = "SPDXRef-deno";

export async function writeSbom(folder: string, created: Date): Promise<void> {
  const path = `${folder}/weir-${VERSION}.spdx.json`;
  const document = await makeDocument(await readShippedPackages(), created);
  await Deno.writeTextFile(path, `${JSON.stringify(document, null, 2)}\n`);
  console.log(path);
}

async function makeDocument(
  shipped: readonly ShippedPackage[],
  created: Date,
): Promise<object> {
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
      ...await Promise.all(shipped.map(npmPackage)),
    ],
    relationships: [
      relate("SPDXRef-DOCUMENT", "DESCRIBES", WEIR),
      relate(WEIR, "DEPENDS_ON", RUNTIME),
      ...shipped.filter(({ isDirect }) => isDirect)
        .map(({ id }) => relate(WEIR, "DEPENDS_ON", elementOf(id))),
      ...shipped.flatMap(({ id, dependencies }) =>
        dependencies.map((other) => relate(elementOf(id), "DEPENDS_ON", elementOf(other)))
      ),
    ],
  };
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

async function npmPackage(shipped: ShippedPackage): Promise<object> {
  const { id, name, version, registryUrl, sha512 } = shipped;
  const file = name.split("/").at(-1);
  return {
    SPDXID: elementOf(id),
    name,
    versionInfo: version,
    downloadLocation: `${registryUrl}${name}/-/${file}-${version}.tgz`,
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA512", checksumValue: sha512 }],
    licenseConcluded: NONE,
    licenseDeclared: await licenseOf(shipped) ?? NONE,
    copyrightText: NONE,
    externalRefs: [purl(`pkg:npm/${name.replace("@", "%40")}@${version}`)],
  };
}

function purl(referenceLocator: string): object {
  return {
    referenceCategory: "PACKAGE-MANAGER",
    referenceType: "purl",
    referenceLocator,
  };
}
