/** Fills `${NAME}` in the texts of a configuration file. */

import type { Environment } from "./settings.ts";

/** `$${` stands for `${` itself. */
const PLACEHOLDER = /\$(\$?)\{([^{}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The text with each `${NAME}` replaced by that variable, and what stands in the way of it. */
export function fillVariables(
  text: string,
  environment: Environment,
): { readonly text: string; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const filled = text.replaceAll(PLACEHOLDER, (whole, escape: string, name: string) => {
    if (escape !== "") return whole.slice(1);
    if (!NAME.test(name)) {
      problems.push(
        `"${whole}" holds no name of a variable; for the text itself write "$${whole}"`,
      );
      return whole;
    }
    const value = environment[name]?.trim() ?? "";
    if (value === "") {
      problems.push(`the variable ${name} is not set; set it or take "${whole}" out`);
    }
    return value;
  });
  return { text: filled, problems };
}
