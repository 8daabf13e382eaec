import { assertEquals, assertThrows } from "@std/assert";
import { type Command, UsageError } from "../../../src/cli/command_line/command.ts";
import { readArguments } from "../../../src/cli/command_line/read_arguments.ts";

const PORT = { name: "port", value: "PORT", meaning: "" };
const CONFIG = { name: "config", value: "FILE", meaning: "", completion: "files" as const };
const WATCH = { name: "watch", meaning: "" };

function command(name: string, parts: Partial<Command>): Command {
  return { name, summary: "", options: [], args: [], examples: [], run: () => 0, ...parts };
}

const COMMANDS = [
  command("serve", { options: [PORT, CONFIG, WATCH] }),
  command("check", {
    options: [CONFIG],
    args: [{ name: "FILE", isOptional: true, completion: "files" }],
  }),
  command("completions", { args: [{ name: "SHELL", completion: ["bash", "zsh"] }] }),
  command("key", {
    args: [{ name: "ACTION", completion: ["new"] }, { name: "NAME", completion: [] }],
  }),
  command("version", {}),
  command("help", { args: [{ name: "COMMAND", isOptional: true, completion: ["serve"] }] }),
];

function read(line: string) {
  const { command, invocation } = readArguments(line.split(" ").filter(Boolean), COMMANDS);
  return { name: command.name, ...invocation };
}

Deno.test("readArguments() reads commands, options and arguments in any order", () => {
  const cases = [
    ["", "serve", {}, []],
    ["--port 80", "serve", { port: "80" }, []],
    ["serve --port=80 --watch", "serve", { port: "80", watch: true }, []],
    ["--config a serve --config b", "serve", { config: "b" }, []],
    ["check", "check", {}, []],
    ["check a.jsonc", "check", {}, ["a.jsonc"]],
    ["--config a.jsonc check", "check", { config: "a.jsonc" }, []],
    ["check -- --odd", "check", {}, ["--odd"]],
    ["key new somebody", "key", {}, ["new", "somebody"]],
    ["--help", "help", {}, []],
    ["serve -h", "help", {}, ["serve"]],
    ["--help check --config x", "help", {}, ["check"]],
    ["help serve", "help", {}, ["serve"]],
    ["help --help", "help", {}, []],
    ["--version", "version", {}, []],
  ] as const;
  for (const [line, name, options, args] of cases) {
    assertEquals(read(line), { name, options, args: [...args] }, line);
  }
});

Deno.test("readArguments() refuses what it does not know and names what is near", () => {
  const cases = [
    ["swim", 'There is no command "swim"'],
    ["chek", 'There is no command "chek"; did you mean "check"?'],
    ["--prot 80", 'There is no option --prot; did you mean "--port"?'],
    ["serve -p 80", "There is no option -p"],
    ["check --port 80", "The command check has no option --port; these have it: serve"],
    ["--port", "The option --port needs a value: --port PORT"],
    ["--port=", "The option --port needs a value: --port PORT"],
    ["--watch=yes", "The option --watch takes no value"],
    ["serve now", 'Unexpected argument "now" after serve'],
    ["check a b", 'Unexpected argument "b" after check'],
    ["completions", "The command completions needs more; write: weir completions bash|zsh"],
    ["completions ksh", 'The command completions knows no "ksh"; did you mean "zsh"?'],
    [
      "completions cmd.exe",
      'The command completions knows no "cmd.exe"; it knows bash, zsh',
    ],
    ["key new", "The command key needs more; write: weir key new NAME"],
    ["key old x", 'The command key knows no "old"; it knows new'],
    ["__proto__", 'There is no command "__proto__"'],
    ["--constructor", "There is no option --constructor"],
  ] as const;
  for (const [line, message] of cases) {
    assertEquals(assertThrows(() => read(line), UsageError).message, message, line);
  }
});
