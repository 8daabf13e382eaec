/**
 * What sums are kept by beside all dimensions together: by one of them alone, and by none.
 *
 * What people mostly ask for, such as models by day, is so read from as many rows as there are models and
 * days, however many combinations of everything there are.
 *
 * @module
 */

import type { CallFilter, UsageGroup } from "../../../core/ledger/ledger_store.ts";
import {
  type Dimensions,
  NAMED_DIMENSIONS,
  type NamedDimension,
  readDimensions,
  textOfDimensions,
} from "./dimensions.ts";

/** They stand in databases. */
const SCOPES = {
  combination: 0,
  all: 1,
  key: 2,
  team: 3,
  model: 4,
  provider: 5,
  surface: 6,
} as const;

export type ScopeName = keyof typeof SCOPES;
export type Scope = (typeof SCOPES)[ScopeName];

export const COMBINATION: Scope = SCOPES.combination;

export interface Series {
  readonly scope: Scope;
  /** As `namesOf` has it. */
  readonly names: string;
}

/** All series that dimensions count in. */
export function seriesOf(dimensions: Dimensions): readonly Series[] {
  const found: Series[] = [combinationOf(dimensions), { scope: SCOPES.all, names: "" }];
  for (const name of NAMED_DIMENSIONS) {
    found.push({ scope: SCOPES[name], names: dimensions[name] });
  }
  return found;
}

export function combinationOf(dimensions: Dimensions): Series {
  return { scope: COMBINATION, names: textOfDimensions(dimensions) };
}

const NAMELESS: Dimensions = {
  key: "",
  team: "",
  model: "",
  provider: "",
  surface: "",
  tags: [],
};

/** What a series has of dimensions; those that it says nothing of are empty. */
export function dimensionsOfSeries({ scope, names }: Series): Dimensions {
  if (scope === COMBINATION) return readDimensions(names);
  const name = NAMED_DIMENSIONS.find((each) => SCOPES[each] === scope);
  return name === undefined ? NAMELESS : { ...NAMELESS, [name]: names };
}

/** The scope with the fewest sums that tells apart what is asked for. */
export function scopeFor(filter: CallFilter, groups: readonly UsageGroup[]): Scope {
  const asked = new Set<string>(groups.filter((group) => group !== "hour" && group !== "day"));
  for (const name of [...NAMED_DIMENSIONS, "tag"] as const) {
    if (filter[name] !== undefined) asked.add(name);
  }
  const [first, ...others] = asked;
  if (first === undefined) return SCOPES.all;
  const isNamed = NAMED_DIMENSIONS.includes(first as NamedDimension);
  return isNamed && others.length === 0 ? SCOPES[first as NamedDimension] : COMBINATION;
}
