/**
 * The manual page, in the macros of `man`, made of the table of commands.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/groff_man.7.html}
 * @module
 */

import { VERSION } from "../../core/version.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES, optionForm, usage } from "./help.ts";

export function manPage(commands: readonly Command[]): string {
  return [
    `.TH WEIR 1 "" "Weir ${VERSION}" "User Commands"`,
    ".SH NAME",
    text("weir - an LLM gateway in one file"),
    ".SH SYNOPSIS",
    ".B weir",
    text("[COMMAND] [OPTIONS]"),
    ".SH DESCRIPTION",
    text(
      "Without a command it is weir serve. Settings are variables of the environment, a configuration file, or both.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(describeCommand),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap((line) => {
      const [code = "", ...meaning] = line.split(/\s+/);
      return [".TP", `.B ${code}`, text(meaning.join(" "))];
    }),
    ".SH FILES",
    ".TP",
    ".I weir.jsonc",
    text("Configuration file of the working directory; WEIR_CONFIG or --config name another."),
    ".TP",
    ".I .env",
    text("Variables, below those of the environment itself."),
  ].join("\n");
}

function describeCommand(command: Command): readonly string[] {
  return [
    `.SS ${text(usage(command))}`,
    text(`${command.summary}.`),
    ...command.options.flatMap((option) => [
      ".TP",
      `.B ${text(optionForm(option))}`,
      text(option.meaning),
    ]),
    ...(command.examples.length === 0 ? [] : [
      ".PP",
      "Examples:",
      ".nf",
      ...command.examples.map((example) => text(`    ${example}`)),
      ".fi",
    ]),
  ];
}

/** Backslashes, dashes and what begins a line like a macro mean something to `man`. */
function text(line: string): string {
  const escaped = line.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
