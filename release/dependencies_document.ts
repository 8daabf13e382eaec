/** The parts of docs/dependencies.md that are made: what the executable is made of, and when that was last looked at. */

import { createHash } from "node:crypto";
import type { ShippedPackage } from "./shipped_packages.ts";

export const DEPENDENCIES_DOCUMENT = "docs/dependencies.md";
export const PACKAGES_MARK = "packages";
export const AUDIT_MARK = "audit";

export type LicensedPackage = ShippedPackage & { readonly license: string | undefined };

/** What an audit has found. */
export interface AuditResult {
  /** The day, in UTC. */
  readonly at: string;
  /** Packages whose archive is another in the registry than in the lock file. */
  readonly differing: readonly string[];
  /** What their makers say of them. */
  readonly deprecated: readonly string[];
  /** `undefined` where the registry does not tell. */
  readonly advisories: readonly string[] | undefined;
}

/** Digits of a checksum that the table shows; the lock file has all. */
const SHOWN_DIGITS = 16;

/** The row of a package but for its licence, which stands in its folder and nowhere else. */
export function rowStart({ name, version, parts, isDirect, sha512 }: ShippedPackage): string {
  const how = isDirect ? parts.join(", ") : `${parts.join(", ")} (through another)`;
  return `| \`${name}\` | ${version} | ${how} | \`${sha512.slice(0, SHOWN_DIGITS)}…\` |`;
}

export function packagesPart(packages: readonly LicensedPackage[]): string {
  return [
    "| package | version | part of | SHA-512 of its archive | licence |",
    "| --- | --- | --- | --- | --- |",
    ...packages.map((each) => `${rowStart(each)} ${each.license ?? "none"} |`),
  ].join("\n");
}

/** Tells one set of archives from another. */
export function setOf(packages: readonly ShippedPackage[]): string {
  const names = packages.map(({ name, version, sha512 }) => `${name}@${version} ${sha512}`);
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, SHOWN_DIGITS);
}

export function auditPart(packages: readonly ShippedPackage[], result: AuditResult): string {
  const { at, differing, deprecated, advisories } = result;
  const equal = packages.length - differing.length;
  return [
    `Last done on ${at}, of the set \`${setOf(packages)}\`:`,
    "",
    `- Archives that are in the registry what they are in \`deno.lock\`: ${equal} of ${packages.length}.`,
    `- Said by their makers to be used no more: ${listOf(deprecated)}.`,
    advisories === undefined
      ? "- Advisories: the registry that was asked does not tell them. This is to be done again with one that does."
      : `- Advisories: ${listOf(advisories)}.`,
  ].join("\n");
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "none" : texts.join("; ");
}

/** The document with this in place of what stands between a mark and its end. */
export function withPart(document: string, mark: string, part: string): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const from = document.indexOf(start);
  const until = document.indexOf(end);
  if (from < 0 || until < from) throw new Error(`The document has no ${start} with its end`);
  return `${document.slice(0, from + start.length)}\n${part}\n${document.slice(until)}`;
}
