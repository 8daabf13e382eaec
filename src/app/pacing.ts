/** Who lets calls go at the pace of their providers. */

import { Pacer } from "../limits/pacing/pacer.ts";
import type { AppParts } from "./app_parts.ts";

/** `undefined` where calls are sent at whatever pace they come. */
export function createPacing(
  { config: { pacing, limits }, runtime: { clock }, shared: { lanes } }: AppParts,
): Pacer | undefined {
  if (pacing.enabled === "off") return undefined;
  const { assumedAnswerTokens } = limits;
  return new Pacer({ options: pacing, lanes, clock, assumedAnswerTokens });
}
