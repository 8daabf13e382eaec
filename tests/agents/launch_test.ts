/** `weir launch` with each agent as it comes from npm: it answers, through Weir, and its files stay as they are. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandLine, type Program, startProgram } from "../support/program.ts";
import { type Agent, agentEnvironment, makeHome } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";
import { geminiCli } from "./gemini_cli.ts";
import { opencode } from "./opencode.ts";

const KEY = "weir-key-of-the-launches";
const MODEL = "fake-model";
const TIMEOUT_MS = 120_000;
const SAID = "hello world";
/** Where Deno keeps what it has fetched, which it looks for below HOME; an agent has a HOME of its own. */
const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

interface Launched {
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

const LAUNCHED: readonly Launched[] = [
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

async function launch({ name, agent, env: own = {} }: Launched, weir: Program, home: string) {
  const args = agent.args({ prompt: "Say something.", model: MODEL }, home);
  const { program, ...line } = commandLine({
    args: ["launch", name, "--model", MODEL, "--url", weir.url, "--", ...args],
  });
  const { PATH = "" } = line.env;
  const env = agentEnvironment(agent, home);
  const child = new Deno.Command(program, {
    ...line,
    cwd: home,
    clearEnv: true,
    env: { ...line.env, ...env, PATH: `${env["PATH"]}:${PATH}`, DENO_DIR, WEIR_KEY: KEY, ...own },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), home };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

for (const launched of LAUNCHED) {
  const { name, agent, surface, settings } = launched;
  Deno.test(`weir launch ${name}`, async () => {
    await using weir = await startProgram({ env: { PROXY_API_KEY: KEY, FAKE: "on" } });
    const home = await makeHome();
    const finished = await launch(launched, weir, home);
    const told = `${finished.stdout}\n${finished.stderr}\n${weir.output()}`;
    assertEquals(finished.code, 0, told);
    const { text, isError } = await agent.answerOf(finished);
    assert(!isError, told);
    assertStringIncludes(text, SAID);
    const calls = weir.output().split("\n").filter((line) => line.includes('"message":"call"'))
      .map((line) => JSON.parse(line));
    const ofIts = calls.filter((call) => call.surface === surface && call.status === 200);
    assert(ofIts.length > 0, told);
    assertEquals(calls.map(({ model }) => model), calls.map(() => MODEL), told);
    // Whatever it writes there by itself, Weir is not in it.
    const written = await textOf(`${home}/${settings}`) ?? "";
    assert(!/weir|127\.0\.0\.1/i.test(written), written);
    await Deno.remove(home, { recursive: true });
  });
}
