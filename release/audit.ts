/**
 * Looks at what the executable is made of: that each package is what `deno.lock` says, by npm's own word, what its
 * licence is, and what is known against it. Writes it into docs/dependencies.md; ends with 1 where something is wrong.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import {
  AUDIT_MARK,
  auditPart,
  type AuditResult,
  DEPENDENCIES_DOCUMENT,
  type LicensedPackage,
  PACKAGES_MARK,
  packagesPart,
  withPart,
} from "./dependencies_document.ts";
import { runCommand } from "./run_command.ts";
import {
  licenseOf,
  readShippedPackages,
  sha512Of,
  type ShippedPackage,
} from "./shipped_packages.ts";

/** What npm writes of a folder's packages. */
interface PackageLock {
  readonly packages: Readonly<
    Record<string, {
      readonly version?: string;
      readonly integrity?: string;
      readonly deprecated?: string;
    }>
  >;
}

interface AuditReport {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string }>
  >;
}

/** A name that npm takes for any version beside others of the same package. */
const aliasOf = (index: number): string => `shipped-${index}`;

/** Asks npm for what the lock file holds, without installing any of it. */
async function ask(folder: string, shipped: readonly ShippedPackage[]): Promise<AuditResult> {
  const dependencies = Object.fromEntries(
    shipped.map(({ name, version }, index) => [aliasOf(index), `npm:${name}@${version}`]),
  );
  const description = { name: "weir-audit", version: "1.0.0", private: true, dependencies };
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(description));
  const quiet = [
    "--loglevel=error",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--legacy-peer-deps",
  ];
  await runCommand("npm", ["install", "--package-lock-only", ...quiet], { cwd: folder });
  const { packages }: PackageLock = JSON.parse(
    await Deno.readTextFile(`${folder}/package-lock.json`),
  );
  const told = shipped.map((each, index) => ({
    ...each,
    told: packages[`node_modules/${aliasOf(index)}`],
  }));
  return {
    at: new Date().toISOString().slice(0, 10),
    differing: told.filter(({ sha512, told }) => sha512Of(told?.integrity) !== sha512)
      .map(({ name }) => name),
    deprecated: told.flatMap(({ name, told: { deprecated } = {} }) =>
      deprecated === undefined ? [] : [`${name}: ${deprecated}`]
    ),
    advisories: await askForAdvisories(folder),
  };
}

/** `undefined` where the registry does not answer that: mirrors seldom do. */
async function askForAdvisories(folder: string): Promise<readonly string[] | undefined> {
  // It ends with 1 where there are any, which is no failure.
  const { stdout } = await new Deno.Command("npm", {
    args: ["audit", "--json"],
    cwd: folder,
    stdin: "null",
    stderr: "null",
  }).output();
  const { vulnerabilities }: AuditReport = JSON.parse(new TextDecoder().decode(stdout) || "{}");
  if (vulnerabilities === undefined) return undefined;
  return Object.entries(vulnerabilities).map(([name, { severity, range }]) =>
    `${name} ${range}: ${severity}`
  );
}

const shipped = await readShippedPackages();
const licensed: readonly LicensedPackage[] = await Promise.all(
  shipped.map(async (each) => ({ ...each, license: await licenseOf(each) })),
);
const folder = await Deno.makeTempDir();
const result = await ask(folder, shipped).finally(() => Deno.remove(folder, { recursive: true }));
const before = await Deno.readTextFile(DEPENDENCIES_DOCUMENT);
const after = withPart(
  withPart(before, PACKAGES_MARK, packagesPart(licensed)),
  AUDIT_MARK,
  auditPart(shipped, result),
);
await Deno.writeTextFile(DEPENDENCIES_DOCUMENT, after);
const unlicensed = licensed.filter(({ license }) => license === undefined).map(({ name }) => name);
const wrong = [
  ...result.differing.map((name) => `${name} is not what deno.lock says`),
  ...unlicensed.map((name) => `${name} names no licence`),
  ...result.advisories ?? [],
];
for (const line of wrong) console.error(line);
console.log(`${DEPENDENCIES_DOCUMENT}: ${shipped.length} packages, ${wrong.length} problems`);
if (wrong.length > 0) Deno.exit(1);
