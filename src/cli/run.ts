/** The command line: which command, with which options. */

import { parseArgs } from "node:util";
import { ConfigError, type Environment } from "../config/read_environment.ts";
import { type VariableRow, variableTable } from "../config/variable_table.ts";
import { VERSION } from "../core/version.ts";
import { TAGS } from "../fake/tags.ts";
import { processEnvironment } from "./environment.ts";
import { serveFake } from "./fake.ts";
import { healthcheck } from "./healthcheck.ts";
import { ListenError } from "./listen.ts";
import { serve } from "./serve.ts";
import { notify, print } from "./terminal.ts";

const HELP = `weir ${VERSION}: an LLM gateway in one file

Usage: weir [COMMAND] [--host HOST] [--port PORT]

  serve         the gateway (default); port 3000
  fake          the fake LLM server by itself; port 3500
  healthcheck   exit code 0 when the gateway on this machine answers
  env           the environment variables, their defaults and meanings
  version       the version
  help          this text

Options:
  --host HOST   address to listen on, instead of the variable HOST
  --port PORT   port to listen on, instead of the variable PORT
  -h, --help    this text

Example:
  OPENAI_API_KEY=sk-... PROXY_API_KEY=secret weir --port 8080

Tags in a prompt to the fake LLM:
${TAGS.map((tag) => `  ${tag.form.padEnd(26)} ${tag.meaning}`).join("\n")}`;

/** The command line is not usable; the message says what to write instead. */
class UsageError extends Error {}

/** Exit codes: 0 done, 1 failed, 2 not usable as it was called. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const { command, overrides } = readArguments(args);
    const environment: Environment = { ...processEnvironment(), ...overrides };
    return await runCommand(command, environment);
  } catch (thrown) {
    if (thrown instanceof ConfigError) {
      notify(`weir cannot start; these settings are not valid:\n${thrown.message}`);
      return 2;
    }
    if (thrown instanceof UsageError) {
      notify(`${thrown.message}\nRun "weir help" for what there is`);
      return 2;
    }
    if (thrown instanceof ListenError) {
      notify(thrown.message);
      return 1;
    }
    throw thrown;
  }
}

function readArguments(
  args: readonly string[],
): { readonly command: string; readonly overrides: Environment } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: "string" },
        port: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
    if (positionals.length > 1) throw new UsageError(`Unexpected argument "${positionals[1]}"`);
    const asked = values.help ? "help" : values.version ? "version" : positionals[0];
    return {
      command: asked ?? "serve",
      overrides: {
        ...(values.host === undefined ? {} : { HOST: values.host }),
        ...(values.port === undefined ? {} : { PORT: values.port }),
      },
    };
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

async function runCommand(command: string, environment: Environment): Promise<number> {
  switch (command) {
    case "serve":
      await serve(environment);
      return 0;
    case "fake":
      await serveFake(environment);
      return 0;
    case "healthcheck":
      return await healthcheck(environment) ? 0 : 1;
    case "env":
      print(variableTable().map(describeVariable).join("\n"));
      return 0;
    case "version":
      print(VERSION);
      return 0;
    case "help":
      print(HELP);
      return 0;
    default:
      throw new UsageError(`There is no command "${command}"`);
  }
}

function describeVariable({ name, defaultText, values, meaning }: VariableRow): string {
  const facts = [defaultText && `default ${defaultText}`, values].filter((fact) => fact !== "");
  return `${name}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}\n    ${meaning}`;
}
