/** Finds an option that was written in the wrong place. */

import { nearestName } from "./nearest_name.ts";
import { namedOptions, type OptionSchema } from "../option_tree.ts";
import { gatewayVariables } from "../sources/variables.ts";

/** What an option that is not in a group was meant to be: the name of another there, or a dotted path. */
export function suggestOption(
  name: string,
  group: readonly string[],
  root: OptionSchema,
): string | undefined {
  const isSame = (other: string | undefined): boolean =>
    other?.toLowerCase() === name.toLowerCase();
  const paths = pathsOf(root, []);
  const here = group.find(isSame);
  const elsewhere = gatewayVariables().find((variable) => variable.name === name)?.path ??
    paths.find((path) => isSame(path.at(-1)));
  const near = nearestName(name, paths.map((path) => path.at(-1) ?? ""));
  return here ?? elsewhere?.join(".") ?? nearestName(name, group) ??
    paths.find((path) => path.at(-1) === near)?.join(".");
}

function pathsOf(schema: OptionSchema, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(namedOptions(schema)).flatMap(([name, option]) => {
    const inner = [...path, name];
    return [inner, ...pathsOf(option, inner)];
  });
}
