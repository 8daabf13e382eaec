/** The table of commands; help and completions are made of it. */

import { configJsonSchema } from "../config/config_json_schema.ts";
import { type VariableRow, variableTable } from "../config/variable_table.ts";
import { VERSION } from "../core/version.ts";
import { TAGS } from "../fake/tags.ts";
import { backup } from "./backup.ts";
import { record, replay } from "./cassettes.ts";
import { check } from "./check.ts";
import { chat } from "./chat/chat_command.ts";
import { type Command, EXIT, JSON_OPTION } from "./command_line/command.ts";
import { completionScript, type Shell, SHELLS } from "./command_line/completions.ts";
import { doctor } from "./doctor.ts";
import { serveFake } from "./fake.ts";
import { healthcheck } from "./healthcheck.ts";
import { columns, commandHelp, programHelp } from "./command_line/help.ts";
import { importCommand } from "./import/import_command.ts";
import { init } from "./init/init_command.ts";
import { key } from "./key/key_command.ts";
import { launch } from "./launch/launch_command.ts";
import { loadConfig } from "../host/reload/load_config.ts";
import { ADDRESS_OPTIONS, CONFIG_OPTION, configRequest } from "./command_line/config_request.ts";
import { manPage } from "./command_line/man_page.ts";
import { listModels } from "./models.ts";
import { findCommand } from "./command_line/read_arguments.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { systemdUnit } from "./systemd_unit.ts";
import { heading, print } from "../host/system/terminal.ts";

/** What a socket that is a file takes; serving, doctor and models give it up where there is none. */
const SOCKETS: Command["needs"] = ["write"];

const WORKING_COMMANDS: readonly Command[] = [
  {
    name: "serve",
    summary: "Start the gateway; port 3000",
    options: [
      CONFIG_OPTION,
      ...ADDRESS_OPTIONS,
      { name: "watch", meaning: "Reload when a file of the configuration changes, as on SIGHUP" },
    ],
    args: [],
    examples: [
      "OPENAI_API_KEY=sk-... PROXY_API_KEY=choose-one weir --port 8080",
      "weir serve --config /etc/weir/weir.jsonc --watch",
    ],
    needs: SOCKETS,
    run: async (invocation) => {
      await serve({
        request: configRequest(invocation),
        isWatching: invocation.options.watch === true,
      });
      return EXIT.done;
    },
  },
  record,
  replay,
  {
    name: "fake",
    summary: "Start the fake LLM server by itself; port 3500",
    options: ADDRESS_OPTIONS,
    args: [],
    examples: ["weir fake --port 3501"],
    notes: () =>
      [
        heading("Tags in a prompt"),
        ...columns(TAGS.map(({ form, meaning }) => [form, meaning])),
      ].join("\n"),
    run: async (invocation) => {
      await serveFake(configRequest(invocation));
      return EXIT.done;
    },
  },
  {
    name: "check",
    summary: "Tell every problem of the configuration, or else what it amounts to",
    options: [CONFIG_OPTION, JSON_OPTION],
    args: [{ name: "FILE", isOptional: true, completion: "files" }],
    examples: ["weir check weir.jsonc"],
    run: check,
  },
  {
    name: "doctor",
    summary: "Try each upstream and explain what is wrong with it",
    options: [CONFIG_OPTION, JSON_OPTION],
    args: [],
    examples: ["weir doctor"],
    needs: SOCKETS,
    run: doctor,
  },
  {
    name: "models",
    summary: "List every model of all upstreams, as clients may name it",
    options: [CONFIG_OPTION, JSON_OPTION],
    args: [],
    examples: ["weir models | grep gpt"],
    needs: SOCKETS,
    run: listModels,
  },
  chat,
  launch,
  status,
  init,
  importCommand,
  key,
  backup,
  {
    name: "systemd",
    summary: "Print the unit that runs Weir as a service of systemd",
    options: [],
    args: [],
    examples: ["weir systemd > /etc/systemd/system/weir.service"],
    run: () => done(systemdUnit()),
  },
  {
    name: "healthcheck",
    summary: "Ask the gateway on this machine whether it answers",
    options: [CONFIG_OPTION, ...ADDRESS_OPTIONS],
    args: [],
    examples: ["weir healthcheck --port 8080"],
    run: async (invocation) => {
      const { config } = loadConfig(configRequest(invocation));
      return await healthcheck(config) ? EXIT.done : EXIT.failed;
    },
  },
  {
    name: "env",
    summary: "List the environment variables, their defaults and meanings",
    options: [JSON_OPTION],
    args: [],
    examples: ["weir env --json | jq -r '.[].name'"],
    run: ({ options }) =>
      done(
        options.json === true
          ? JSON.stringify(variableTable(), null, 2)
          : variableTable().map(describeVariable).join("\n"),
      ),
  },
  {
    name: "schema",
    summary: "Print the JSON Schema of the configuration file, for editors",
    options: [],
    args: [],
    examples: ["weir schema > weir.schema.json"],
    run: () => done(JSON.stringify(configJsonSchema(), null, 2)),
  },
  {
    name: "completions",
    summary: "Print a script that completes commands and options",
    options: [],
    args: [{ name: "SHELL", completion: SHELLS }],
    examples: [
      "weir completions bash > ~/.local/share/bash-completion/completions/weir",
      "weir completions zsh > ~/.zfunc/_weir",
      "weir completions fish > ~/.config/fish/completions/weir.fish",
    ],
    run: ({ args: [shell] }) => done(completionScript(shell as Shell, COMMANDS)),
  },
  {
    name: "man",
    summary: "Print the manual page",
    options: [],
    args: [],
    examples: ["weir man > /usr/local/share/man/man1/weir.1", "weir man | man -l -"],
    run: () => done(manPage(COMMANDS)),
  },
  {
    name: "version",
    summary: "Print the version",
    options: [],
    args: [],
    examples: [],
    run: () => done(VERSION),
  },
];

const HELP: Command = {
  name: "help",
  summary: "Show this text, or the help of a command",
  options: [],
  args: [{
    name: "COMMAND",
    isOptional: true,
    completion: [...WORKING_COMMANDS.map(({ name }) => name), "help"],
  }],
  examples: ["weir help serve"],
  run: ({ args: [name] }) =>
    done(name === undefined ? programHelp(COMMANDS) : commandHelp(findCommand(name, COMMANDS))),
};

/** In the order of the help; the first is meant where none is named. */
export const COMMANDS: readonly Command[] = [...WORKING_COMMANDS, HELP];

function done(text: string): number {
  print(text);
  return EXIT.done;
}

function describeVariable({ name, defaultText, values, meaning }: VariableRow): string {
  const facts = [defaultText && `default ${defaultText}`, values].filter((fact) => fact !== "");
  return `${name}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}\n    ${meaning}`;
}
