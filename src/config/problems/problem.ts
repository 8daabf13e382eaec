/** What is wrong with a configuration. */

/**
 * Something that is not valid, in words that say what to do. The value at fault is never repeated: it
 * may be a key in the wrong place.
 */
export interface Problem {
  /** The variable, the command line's option, or `file:line:column` and the option there. */
  readonly place: string;
  readonly message: string;
  /** Where it stands in the file, in characters; for the order of problems. */
  readonly offset?: number;
}

/** As many problems are told at once; whoever has more will not read on. */
export const MAX_PROBLEMS = 100;

/** What a terminal acts upon, breaks a line at, or turns the text around at: names in a file may hold any of it. */
// deno-lint-ignore no-control-regex -- They are what is looked for.
const UNSHOWABLE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A line of text with the escapes of JSON in place of what would do more than be shown. */
export function shownLine(text: string): string {
  return text.replace(
    UNSHOWABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The configuration is not usable; the message names everything at fault, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const ordered = problems.toSorted((left, right) => (left.offset ?? -1) - (right.offset ?? -1));
    super(ordered.map(({ place, message }) => shownLine(`${place}: ${message}`)).join("\n"));
    this.problems = ordered;
  }
}
