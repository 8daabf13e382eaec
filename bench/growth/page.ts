/** `GROWTH.md`: what was measured now, and of all else what stands there. */

import type { Dimension } from "./dimension.ts";
import { type Finding, formatPage, type Part, partOf, withWords } from "./report.ts";

/**
 * The page with what was found in place of what it has of the same dimensions.
 *
 * @param dimensions In the order of the page, which forgets all others.
 */
export function putOnPage(
  page: string,
  findings: readonly Finding[],
  dimensions: readonly Dimension[],
): string {
  const measured = new Map(findings.map((finding) => [finding.dimension, finding]));
  return formatPage(dimensions.flatMap((dimension) => {
    const finding = measured.get(dimension);
    const part = finding === undefined ? standing(page, dimension) : partOf(finding);
    return part === undefined ? [] : [part];
  }));
}

/** What the page has of a dimension, in today's words. */
function standing(page: string, dimension: Dimension): Part | undefined {
  const row = page.split("\n").find((line) => line.startsWith(`| ${dimension.name} |`));
  const section = page.split(/^(?=## )/m)
    .find((text) => text.startsWith(`## ${dimension.name}\n`));
  if (row === undefined || section === undefined) return undefined;
  return withWords({ row, section }, dimension);
}
