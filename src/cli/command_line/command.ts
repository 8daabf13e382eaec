/** What a command of the command line is, as data. */

import type { Permission } from "../../host/system/permissions.ts";

/** An option, such as `--port PORT`. */
export interface CommandOption {
  /** Without its dashes. */
  readonly name: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** What stands for its value in the help; without one it is a switch. */
  readonly value?: string;
  readonly meaning: string;
  readonly completion?: Completion;
}

/** Something that a command takes by its position. */
export interface CommandArgument {
  readonly name: string;
  readonly isOptional?: boolean;
  /** It takes all that follows, however much. */
  readonly isRest?: boolean;
  readonly completion: Completion;
}

/** What a shell offers for a value: files, or one of these. */
export type Completion = "files" | readonly string[];

/** A command as it was called. */
export interface Invocation {
  /** Values of options by name; `true` for a switch. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly args: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
  readonly args: readonly CommandArgument[];
  readonly examples: readonly string[];
  /** What it is left of what the program may do; it gives up the rest of it before it decides on these. */
  readonly needs?: readonly Permission[];
  /** What its help says beyond its options. */
  readonly notes?: () => string;
  /** Resolves with the exit code. Throws `ConfigError`, `ListenError`, `UsageError`. */
  readonly run: (invocation: Invocation) => Promise<number> | number;
}

/** The command line is not usable; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the program's end says. */
export const EXIT = { done: 0, failed: 1, unusable: 2 } as const;

/** For commands whose output is data. */
export const JSON_OPTION: CommandOption = {
  name: "json",
  meaning: "Print the result as JSON, for programs",
};

/** The value of an option that takes one. */
export function textOption({ options }: Invocation, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}
