/**
 * Variables that hold a name of the operator's own, as `UPSTREAM_<NAME>_API_KEY` does.
 *
 * @module
 */

import type { OptionPath } from "../option_tree.ts";
import type { Problem } from "../problems/problem.ts";
import type { Variable } from "./variables.ts";

const PLACEHOLDER = "<NAME>";
const WILDCARD = "*";
/** What may stand for the placeholder, in any case; the option's path has it in lower case. */
const NAME = /^[a-z0-9][a-z0-9_-]*$/;

/**
 * The variables without a placeholder, and for each with one those of the environment that fit it, by the
 * alphabet of the operator's names: an environment has no order that its processes could rely on.
 */
export function fitVariables(
  variables: readonly Variable[],
  environmentNames: readonly string[],
): readonly Variable[] {
  return variables.flatMap((variable) => {
    if (!hasPlaceholder(variable)) return [variable];
    const fitting = environmentNames.flatMap((environmentName) => {
      const name = nameWithin(environmentName, variable);
      return name === undefined ? [] : [{ environmentName, name }];
    });
    return fitting.toSorted((left, right) => left.name < right.name ? -1 : 1)
      .map(({ environmentName, name }) => ({
        ...variable,
        name: environmentName,
        path: fillPath(variable.path, name),
      }));
  });
}

/** A problem for each name of the environment that begins like a variable with a placeholder and fits none. */
export function misfits(
  variables: readonly Variable[],
  environmentNames: readonly string[],
): readonly Problem[] {
  const patterns = variables.filter(hasPlaceholder);
  return environmentNames.flatMap((environmentName) => {
    const alike = patterns.filter((pattern) => environmentName.startsWith(beginningOf(pattern)));
    const isFit = alike.some((pattern) => nameWithin(environmentName, pattern) !== undefined);
    if (alike.length === 0 || isFit) return [];
    const forms = alike.map(({ name }) => name).join(", ");
    return [{ place: environmentName, message: `there is no such setting; there are ${forms}` }];
  });
}

/** The variable of the option at `path`, or of the one that it lies within. */
export function nameOfOption(
  path: readonly string[],
  variables: readonly Variable[],
): string | undefined {
  const variable = variables.find((candidate) =>
    candidate.path.every((key, index) => key === WILDCARD || key === path[index])
  );
  const name = path[variable?.path.indexOf(WILDCARD) ?? -1];
  return name === undefined
    ? variable?.name
    : variable?.name.replace(PLACEHOLDER, name.toUpperCase());
}

function hasPlaceholder({ name }: Variable): boolean {
  return name.includes(PLACEHOLDER);
}

function beginningOf({ name }: Variable): string {
  return name.slice(0, name.indexOf(PLACEHOLDER));
}

function nameWithin(environmentName: string, pattern: Variable): string | undefined {
  const [start = "", end = ""] = pattern.name.split(PLACEHOLDER);
  if (!environmentName.startsWith(start) || !environmentName.endsWith(end)) return undefined;
  const name = environmentName.slice(start.length, environmentName.length - end.length);
  return NAME.test(name.toLowerCase()) ? name.toLowerCase() : undefined;
}

function fillPath(path: OptionPath, name: string): OptionPath {
  return path.map((key) => key === WILDCARD ? name : key);
}
