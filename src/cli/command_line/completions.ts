/** Scripts that let shells complete commands and options, made of the table of commands. */

import type { Command, CommandOption, Completion } from "./command.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

const HELP: CommandOption = { name: "help", meaning: "Show the help" };

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      return zshScript(commands);
    case "fish":
      return fishScript(commands);
  }
}

function bashScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const ofCommand = commands.map(({ name, options, args }) => {
    const words = [
      ...optionNames(options),
      ...args.flatMap(({ completion }) => wordsOf(completion)),
    ];
    const hasFiles = args.some(({ completion }) => completion === "files");
    return `    ${name}) words="${words.join(" ")}"${hasFiles ? " files=yes" : ""} ;;`;
  });
  return `# Completions of weir for bash: weir completions bash > ~/.local/share/bash-completion/completions/weir
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command= word words files=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names.join("|")}) command="$word"; break ;; esac
  done
  case "$previous" in
${
    valueOptions(commands).map((option) => `    --${option.name}) ${bashValue(option)} return ;;`)
      .join("\n")
  }
  esac
  case "$command" in
    "") words="${[...names, ...optionNames(defaultOptions(commands)), "--version"].join(" ")}" ;;
${ofCommand.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -F _weir weir`;
}

function bashValue({ completion }: CommandOption): string {
  if (completion === undefined) return "COMPREPLY=();";
  if (completion === "files") return 'COMPREPLY=($(compgen -f -- "$current"));';
  return `COMPREPLY=($(compgen -W "${completion.join(" ")}" -- "$current"));`;
}

function zshScript(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const ofCommand = commands.map(({ name, options, args }) => {
    const specs = [
      ...[...options, HELP].map(zshOption),
      ...args.map(({ name, completion }) => quoted(`:${name}:${zshAction(completion)}`)),
    ];
    return `    ${name}) _arguments ${specs.join(" ")} ;;`;
  });
  return `#compdef weir
# Completions of weir for zsh: weir completions zsh > a folder of $fpath/_weir
_weir() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ "$words[2]" != -* ]]; then
    _describe command commands
    return
  fi
  if [[ "$words[2]" != -* ]]; then
    shift words
    (( CURRENT-- ))
  fi
  case "$words[1]" in
    weir) _arguments ${[...defaultOptions(commands), HELP].map(zshOption).join(" ")} ;;
${ofCommand.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_weir" ]; then _weir "$@"; else compdef _weir weir; fi`;
}

function zshOption({ name, value, meaning, completion = [] }: CommandOption): string {
  const text = `--${name}[${meaning.replaceAll(/[[\]:]/g, "\\$&")}]`;
  return quoted(value === undefined ? text : `${text}:${value}:${zshAction(completion)}`);
}

function zshAction(completion: Completion): string {
  if (completion === "files") return "_files";
  return completion.length === 0 ? " " : `(${completion.join(" ")})`;
}

function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, options, args }) => {
    const isCommand = `'__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c weir -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...[...options, HELP].map((option) => fishOption(option, isCommand)),
      ...args.map(({ completion }) =>
        `complete -c weir -n ${isCommand} ${
          completion === "files" ? "-F" : `-a ${quoted(completion.join(" "))}`
        }`
      ),
    ];
  });
  return [
    "# Completions of weir for fish: weir completions fish > ~/.config/fish/completions/weir.fish",
    "complete -c weir -f",
    ...defaultOptions(commands).map((option) => fishOption(option, "__fish_use_subcommand")),
    ...lines,
  ].join("\n");
}

function fishOption(option: CommandOption, condition: string): string {
  const value = fishValue(option);
  return `complete -c weir -n ${condition} -l ${option.name}${value} -d ${quoted(option.meaning)}`;
}

function fishValue({ value, completion }: CommandOption): string {
  if (value === undefined) return "";
  if (completion === "files") return " -r -F";
  return completion === undefined ? " -x" : ` -x -a ${quoted(completion.join(" "))}`;
}

function wordsOf(completion: Completion): readonly string[] {
  return completion === "files" ? [] : completion;
}

/** What may stand without a command. */
function defaultOptions([first]: readonly Command[]): readonly CommandOption[] {
  return first?.options ?? [];
}

function optionNames(options: readonly CommandOption[]): readonly string[] {
  return [...options, HELP].map(({ name }) => `--${name}`);
}

/** The options that take a value, each once: one name means the same everywhere. */
function valueOptions(commands: readonly Command[]): readonly CommandOption[] {
  const options = commands.flatMap((command) => command.options)
    .filter(({ value }) => value !== undefined);
  return [...new Map(options.map((option) => [option.name, option])).values()];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
