/** The help, made of the table of commands. */

import { VERSION } from "../../core/version.ts";
import type { Command, CommandArgument, CommandOption } from "./command.ts";
import { heading } from "../../host/system/terminal.ts";

export const EXIT_CODES: readonly string[] = [
  "0    done",
  "1    failed: what was asked for did not work",
  "2    not usable as it was called: an option or a setting is not valid",
];

const MAX_CHOICES = 7;

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  return [
    `weir ${VERSION}: an LLM gateway in one file`,
    "",
    "Usage: weir [COMMAND] [OPTIONS]; without a command it is weir serve",
    "",
    heading("Commands"),
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    heading("Examples"),
    ...commands.flatMap(({ examples }) => examples.slice(0, 1)).map(indented),
    "",
    heading("Exit codes"),
    ...EXIT_CODES.map(indented),
    "",
    'Run "weir help COMMAND" for the options of a command, "weir env" for the settings.',
    "-v is --version, -h is --help.",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return [
    `weir ${command.name}: ${command.summary}`,
    "",
    `Usage: ${usage(command)} [OPTIONS]`,
    "",
    heading("Options"),
    ...columns([
      ...command.options.map((option): [string, string] => [optionForm(option), option.meaning]),
      ["--help, -h", "Show this text"],
    ]),
    ...(command.examples.length === 0
      ? []
      : ["", heading("Examples"), ...command.examples.map(indented)]),
    ...(command.notes === undefined ? [] : ["", command.notes()]),
  ].join("\n");
}

/** How a command is written with its arguments. */
export function usage({ name, args }: Command): string {
  return ["weir", name, ...args.map(argumentForm)].join(" ");
}

/** How an option is written: `--port PORT`. */
export function optionForm({ name, short, value }: CommandOption): string {
  return `--${name}${short === undefined ? "" : `, -${short}`}${
    value === undefined ? "" : ` ${value}`
  }`;
}

/** Few choices are named by themselves; what takes all that follows comes behind two dashes. */
function argumentForm({ name, isOptional, isRest, completion }: CommandArgument): string {
  if (isRest) return `[-- ${name}...]`;
  const isFewWords = completion !== "files" && completion.length > 0 &&
    completion.length <= MAX_CHOICES;
  const form = isFewWords ? completion.join("|") : name;
  return isOptional ? `[${form}]` : form;
}

/** Lines of two columns. */
export function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function indented(line: string): string {
  return `  ${line}`;
}
