/**
 * What an SPDX document must be, as far as a release uses it.
 *
 * @see {@link https://spdx.github.io/spdx-spec/v2.3/}
 * @module
 */

import parseLicense from "spdx-expression-parse";
import * as z from "zod";

const NONE = "NOASSERTION";
const element = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
const license = z.string().refine((text) => text === NONE || isLicense(text), "is no licence");

const packageSchema = z.strictObject({
  SPDXID: element,
  name: z.string().min(1),
  versionInfo: z.string().min(1),
  summary: z.string().optional(),
  downloadLocation: z.string().regex(/^(git\+)?https:\/\/\S+$/),
  filesAnalyzed: z.literal(false),
  checksums: z.array(
    z.strictObject({
      algorithm: z.literal("SHA512"),
      checksumValue: z.string().regex(/^[\da-f]{128}$/),
    }),
  ).optional(),
  licenseConcluded: license,
  licenseDeclared: license,
  copyrightText: z.string().min(1),
  primaryPackagePurpose: z.literal("APPLICATION").optional(),
  externalRefs: z.array(z.strictObject({
    referenceCategory: z.literal("PACKAGE-MANAGER"),
    referenceType: z.literal("purl"),
    referenceLocator: z.string().regex(/^pkg:(npm\/(%40[\w.-]+\/)?|github\/\w+\/)[\w.-]+@[\w.-]+$/),
  })).optional(),
});

const relationship = z.strictObject({
  spdxElementId: element,
  relationshipType: z.enum(["DESCRIBES", "DEPENDS_ON"]),
  relatedSpdxElement: element,
});

const document = z.strictObject({
  spdxVersion: z.literal("SPDX-2.3"),
  dataLicense: z.literal("CC0-1.0"),
  SPDXID: z.literal("SPDXRef-DOCUMENT"),
  name: z.string().min(1),
  documentNamespace: z.url().refine((text) => !text.includes("#"), "has a fragment"),
  creationInfo: z.strictObject({
    created: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    creators: z.array(z.string().regex(/^(Tool|Organization|Person): \S/)).min(1),
  }),
  packages: z.array(packageSchema).min(1),
  relationships: z.array(relationship).min(1),
}).superRefine(({ SPDXID, packages, relationships }, { addIssue }) => {
  const ids = [SPDXID, ...packages.map((each) => each.SPDXID)];
  const known = new Set(ids);
  if (known.size < ids.length) {
    addIssue({ code: "custom", message: "an identifier is there twice" });
  }
  const related = new Set(relationships.map((each) => each.relatedSpdxElement));
  for (const id of [...related, ...relationships.map((each) => each.spdxElementId)]) {
    if (!known.has(id)) addIssue({ code: "custom", message: `there is no ${id}` });
  }
  for (const id of known) {
    const isRelated = id === SPDXID || related.has(id);
    if (!isRelated) addIssue({ code: "custom", message: `nothing leads to ${id}` });
  }
});

export type SpdxDocument = z.infer<typeof document>;

/** Throws where it is none. */
export function readSpdx(text: string): SpdxDocument {
  return document.parse(JSON.parse(text));
}

function isLicense(text: string): boolean {
  try {
    parseLicense(text);
    return true;
  } catch {
    return false;
  }
}
