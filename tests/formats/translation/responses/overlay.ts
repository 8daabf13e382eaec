/**
 * What Responses, and Gemini, add to the features of the other formats: their own words for each, and what is
 * found of it elsewhere.
 *
 * @module
 */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { Feature, Features, Name } from "../feature.ts";
import type { Pattern } from "../pattern.ts";

export interface Overlay {
  /** Its words; none where it has none. */
  readonly words?: JsonObject;
  /** What must be found instead, where it has more than one way to say it. */
  readonly carried?: Pattern;
  /** What is found where something near it has arrived. */
  readonly near?: Readonly<Record<string, Pattern>>;
  /** The same in other formats, where it came from here. */
  readonly elsewhere?: Partial<Record<Name, Readonly<Record<string, Pattern>>>>;
  /** What must be found in other formats, where they did not take it from their own words alone. */
  readonly carriedTo?: Partial<Record<Name, Pattern>>;
}

export type Overlays<Title extends string> = Readonly<Partial<Record<Title, Overlay>>>;

/** The features with what is added; the titles stay those of the features, and others are not read. */
export function overlaid<Group extends Features>(
  features: Group,
  overlays: Overlays<string>,
  name: Name = "openai_responses",
): Group {
  const entries = Object.entries(features).map(([title, feature]) => {
    const overlay: Overlay | undefined = overlays[title];
    return [title, overlay === undefined ? feature : withOverlay(feature, overlay, name)];
  });
  return Object.fromEntries(entries) as Group; // Each key keeps a feature.
}

function withOverlay(
  feature: Feature,
  { words, carried, near, elsewhere = {}, carriedTo = {} }: Overlay,
  own: Name,
): Feature {
  const approximated: Record<string, Readonly<Record<string, Pattern>>> = {
    ...feature.approximated,
    ...(near !== undefined && { [own]: near }),
  };
  for (const [name, patterns] of Object.entries(elsewhere)) {
    approximated[name] = { ...approximated[name], ...patterns };
  }
  return {
    ...feature,
    words: { ...feature.words, ...(words !== undefined && { [own]: words }) },
    carried: {
      ...feature.carried,
      ...carriedTo,
      ...(carried !== undefined && { [own]: carried }),
    },
    approximated,
  };
}
