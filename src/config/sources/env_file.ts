/** Reads the text of a `.env` file: variables of the environment. */

import { ConfigError, MAX_PROBLEMS, type Problem } from "../problems/problem.ts";
import type { Environment } from "./settings.ts";

/** A blank line, a comment or an assignment. A value in quotes may go over several lines. */
const ENTRY =
  /[^\S\n]*(?:#[^\n]*|(?:export[^\S\n]+)?(?<name>[A-Za-z_][\w.-]*)[^\S\n]*=(?:[^\S\n]*(?<quote>["'`])(?<quoted>(?:(?!\k<quote>)[^])*)\k<quote>[^\S\n]*(?:#[^\n]*)?|(?![^\S\n]*["'`])(?<plain>[^\n]*)))?(?:\n|$)/y;
const COMMENT = /\s#.*$/;

/** Throws `ConfigError` with every line that sets nothing; `path` is how people know the file. */
export function readEnvFile(path: string, text: string): Environment {
  const lines = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  let offset = 0;
  while (offset < lines.length) {
    ENTRY.lastIndex = offset;
    const entry = ENTRY.exec(lines);
    if (entry === null) {
      if (problems.length < MAX_PROBLEMS) problems.push(problemAt(path, lines, offset));
      offset = lines.indexOf("\n", offset) + 1 || lines.length;
      continue;
    }
    const { name, quote, quoted, plain = "" } = entry.groups ?? {};
    if (name !== undefined) {
      values.set(name, unquoted(quote, quoted) ?? plain.replace(COMMENT, "").trim());
    }
    offset = ENTRY.lastIndex;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values);
}

function unquoted(quote: string | undefined, quoted: string | undefined): string | undefined {
  return quote === '"' ? quoted?.replaceAll("\\n", "\n") : quoted;
}

function problemAt(path: string, lines: string, offset: number): Problem {
  const line = lines.slice(0, offset).split("\n").length;
  return {
    place: `${path}:${line}`,
    message: "must be NAME=value; a value that begins with a quote ends with it",
    offset,
  };
}
