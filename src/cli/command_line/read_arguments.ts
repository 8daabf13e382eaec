/** Reads the command line against the table of commands. */

import { parseArgs } from "node:util";
import { nearestName } from "../../config/problems/nearest_name.ts";
import { type Command, type Invocation, UsageError } from "./command.ts";
import { usage } from "./help.ts";

/** Without a command the gateway is served. */
const DEFAULT_COMMAND = "serve";

/** A command as it was called, or the help that was asked for. */
export interface CommandLine {
  readonly command: Command;
  readonly invocation: Invocation;
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** Throws `UsageError`. */
export function readArguments(args: readonly string[], commands: readonly Command[]): CommandLine {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: parserOptions(commands),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  refuseUnknown(given, commands);
  const asksFor = (name: string): boolean => given.some((option) => option.name === name);
  const [name = DEFAULT_COMMAND, ...rest] = positionals;
  if (asksFor("help")) {
    const isOfCommand = positionals.length > 0 && name !== "help";
    return {
      command: findCommand("help", commands),
      invocation: { options: {}, args: isOfCommand ? [name] : rest },
    };
  }
  if (asksFor("version")) {
    return { command: findCommand("version", commands), invocation: { options: {}, args: [] } };
  }
  const command = findCommand(name, commands);
  const options = Object.fromEntries(given.map((option) => readOption(option, command, commands)));
  checkArguments(rest, command);
  return { command, invocation: { options, args: rest } };
}

/** Before the command: what follows an unknown option would be taken for one. */
function refuseUnknown(given: readonly OptionToken[], commands: readonly Command[]): void {
  const known = Object.keys(parserOptions(commands));
  for (const { name, rawName } of given) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    throw new UsageError(`There is no option ${rawName}${didYouMean(near && `--${near}`)}`);
  }
}

function parserOptions(
  commands: readonly Command[],
): Record<string, { type: "string" | "boolean"; short?: string }> {
  const own = commands.flatMap(({ options }) =>
    options.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? "boolean" as const : "string" as const,
        ...(short !== undefined && { short }),
      },
    ])
  );
  return {
    ...Object.fromEntries(own),
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "v" },
  };
}

/** Finds a command. Throws `UsageError`, naming what is near. */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const near = nearestName(name, commands.map((candidate) => candidate.name));
  throw new UsageError(`There is no command "${name}"${didYouMean(near)}`);
}

function readOption(
  { name, rawName, value }: OptionToken,
  command: Command,
  commands: readonly Command[],
): readonly [name: string, value: string | true] {
  const option = command.options.find((candidate) => candidate.name === name);
  if (option === undefined) {
    const others = commands.filter(({ options }) => options.some((other) => other.name === name));
    throw new UsageError(
      `The command ${command.name} has no option ${rawName}; ` +
        `these have it: ${others.map((other) => other.name).join(", ")}`,
    );
  }
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`The option ${rawName} takes no value`);
    return [name, true];
  }
  if (value === undefined || value === "") {
    throw new UsageError(`The option ${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return [name, value];
}

function checkArguments(given: readonly string[], command: Command): void {
  const { name, args } = command;
  if (args.some(({ isOptional }, index) => !isOptional && given[index] === undefined)) {
    throw new UsageError(`The command ${name} needs more; write: ${usage(command)}`);
  }
  if (given.length > args.length && args.at(-1)?.isRest !== true) {
    throw new UsageError(`Unexpected argument "${given[args.length]}" after ${name}`);
  }
  for (const [index, { completion }] of args.entries()) {
    const value = given[index];
    if (value === undefined || completion === "files" || completion.length === 0) continue;
    if (completion.includes(value)) continue;
    const near = nearestName(value, completion);
    throw new UsageError(
      `The command ${name} knows no "${value}"${
        near === undefined ? `; it knows ${completion.join(", ")}` : didYouMean(near)
      }`,
    );
  }
}

function didYouMean(name: string | undefined): string {
  return name === undefined ? "" : `; did you mean "${name}"?`;
}
