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

/** The configuration is not usable; the message names everything at fault, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const ordered = problems.toSorted((left, right) => (left.offset ?? -1) - (right.offset ?? -1));
    super(ordered.map(({ place, message }) => `${place}: ${message}`).join("\n"));
    this.problems = ordered;
  }
}
