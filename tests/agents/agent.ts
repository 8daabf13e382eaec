/**
 * How a coding agent is run by a test: as it comes from npm, without login, on loopback alone.
 *
 * An agent is a file that says what differs between agents; a new one is such a file, and its line
 * in `agents.ts`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Endpoint } from "../support/messages_ways.ts";

const TIMEOUT_MS = 90_000;
/** Where nothing listens: what an agent sends elsewhere ends here, even without a namespace. */
const NOWHERE = "http://127.0.0.1:9";

export interface Turn {
  readonly prompt: string;
  readonly model: string;
  /** Names of the agent's own tools that it may use without asking. */
  readonly tools?: readonly string[];
  /** A home that is there, and stays. */
  readonly home?: string;
  /** The last conversation in it goes on. */
  readonly isResumed?: boolean;
}

/** What a run left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Home and working directory. */
  readonly home: string;
}

export interface AgentAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** Questions to the model, where the agent counts them. */
  readonly turns?: number;
}

export interface Agent {
  readonly name: string;
  /** npm packages with exact versions, the agent's first; `node` where it needs a newer one. */
  readonly packages: readonly string[];
  /** Its name in `node_modules/.bin`. */
  readonly program: string;
  /** Its variables, beyond those that all of them get. */
  env(endpoint: Endpoint): Readonly<Record<string, string>>;
  /** Its settings, by path below its home. */
  files(endpoint: Endpoint): Readonly<Record<string, string>>;
  args(turn: Turn, home: string): readonly string[];
  answerOf(finished: Finished): AgentAnswer | Promise<AgentAnswer>;
}

const AGENTS_FOLDER = fileURLToPath(new URL("../../dist/tests/agents/", import.meta.url));

/** Where an agent's packages lie; its name holds their versions, so a new version is installed anew. */
export function installFolder({ name, packages }: Agent): string {
  const versions = packages.map((spec) => spec.slice(spec.lastIndexOf("@") + 1));
  return `${AGENTS_FOLDER}${name}-${versions.join("-")}`;
}

export function programPath(agent: Agent): string {
  return `${installFolder(agent)}/node_modules/.bin/${agent.program}`;
}

/** A home that a test gives away after its last turn. */
export async function makeHome(): Promise<string> {
  await Deno.mkdir(AGENTS_FOLDER, { recursive: true });
  return await Deno.makeTempDir({ dir: AGENTS_FOLDER, prefix: "home-" });
}

/** Runs one prompt in a new home, or in the one that is there, and throws where the agent says that it failed. */
export async function runAgent(
  agent: Agent,
  endpoint: Endpoint,
  turn: Turn,
): Promise<AgentAnswer> {
  const finished = await finish(agent, endpoint, turn);
  const { code, stdout, stderr } = finished;
  let answer: AgentAnswer;
  try {
    answer = await agent.answerOf(finished);
  } catch (error) {
    throw new Error(`${agent.name} ended with ${code} and no answer:\n${stdout}\n${stderr}`, {
      cause: error,
    });
  } finally {
    if (turn.home === undefined) await Deno.remove(finished.home, { recursive: true });
  }
  if (code !== 0 || answer.isError) {
    throw new Error(`${agent.name} ended with ${code}:\n${answer.text}\n${stderr}`);
  }
  return answer;
}

/** What every agent gets, whoever starts it. */
export function agentEnvironment(agent: Agent, home: string): Readonly<Record<string, string>> {
  return {
    PATH: `${installFolder(agent)}/node_modules/.bin:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: home,
    NO_COLOR: "1",
    DO_NOT_TRACK: "1",
    OTEL_SDK_DISABLED: "true",
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    NO_PROXY: "127.0.0.1,localhost",
  };
}

async function finish(agent: Agent, endpoint: Endpoint, turn: Turn): Promise<Finished> {
  const home = turn.home ?? await makeHome();
  for (const [path, text] of Object.entries(agent.files(endpoint))) {
    await Deno.mkdir(`${home}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${home}/${path}`, text);
  }
  const { code, stdout, stderr } = await new Deno.Command(programPath(agent), {
    args: [...agent.args(turn, home)],
    cwd: home,
    clearEnv: true,
    env: { ...agentEnvironment(agent, home), ...agent.env(endpoint) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), home };
}
