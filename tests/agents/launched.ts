/** The agents that `weir launch` knows, and a run of one. */

import { commandLine } from "../support/program.ts";
import { type Agent, agentEnvironment, type Finished } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";
import { geminiCli } from "./gemini_cli.ts";
import { opencode } from "./opencode.ts";

const TIMEOUT_MS = 120_000;
/** Where Deno keeps what it has fetched, which it looks for below HOME; an agent has a HOME of its own. */
const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

export interface Launched {
  /** Its name on the command line. */
  readonly name: string;
  readonly agent: Agent;
  /** How the log calls the API that it speaks. */
  readonly surface: string;
  /** Settings of its own, which must be as they were, or not be there. */
  readonly settings: string;
  /** What whoever starts it sets by themselves. */
  readonly env?: Readonly<Record<string, string>>;
}

export const LAUNCHED: readonly Launched[] = [
  { name: "claude", agent: claudeCode, surface: "messages", settings: ".claude/settings.json" },
  { name: "codex", agent: codex, surface: "responses", settings: ".codex/config.toml" },
  {
    name: "gemini",
    agent: geminiCli,
    surface: "gemini",
    env: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
    settings: ".gemini/settings.json",
  },
  {
    name: "opencode",
    agent: opencode,
    surface: "openai",
    env: opencode.env({ origin: "", key: "" }),
    settings: ".config/opencode/opencode.json",
  },
];

/** The gateway that it is to ask. */
export interface LaunchedAt {
  readonly url: string;
  readonly key: string;
  readonly model: string;
}

/** Asks it for a few words. */
export async function launch(
  { name, agent, env: own = {} }: Launched,
  { url, key, model }: LaunchedAt,
  home: string,
): Promise<Finished> {
  const args = agent.args({ prompt: "Say something.", model }, home);
  const { program, ...line } = commandLine({
    args: ["launch", name, "--model", model, "--url", url, "--", ...args],
  });
  const { PATH = "" } = line.env;
  const env = agentEnvironment(agent, home);
  const child = new Deno.Command(program, {
    ...line,
    cwd: home,
    clearEnv: true,
    env: { ...line.env, ...env, PATH: `${env["PATH"]}:${PATH}`, DENO_DIR, WEIR_KEY: key, ...own },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), home };
}
