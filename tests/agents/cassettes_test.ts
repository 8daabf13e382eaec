/** Conversations of agents, recorded with a stand-in for the provider and played again without it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { ANTHROPIC_KEY, startAnthropic } from "../support/providers/anthropic.ts";
import { COMMAND_OUTPUT } from "../support/providers/agent_tools.ts";
import { RESPONSES_KEY, RESPONSES_MODEL, startResponses } from "../support/providers/responses.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { type Agent, type AgentAnswer, runAgent } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";

interface Recorded {
  readonly agent: Agent;
  readonly model: string;
  readonly start: () => StandIn;
  readonly env: (origin: string) => Readonly<Record<string, string>>;
}

const RECORDED: readonly Recorded[] = [
  {
    agent: claudeCode,
    model: "claude-opus-5-5",
    start: startAnthropic,
    env: (origin) => ({ ANTHROPIC_API_KEY: ANTHROPIC_KEY, ANTHROPIC_BASE_URL: origin }),
  },
  {
    agent: codex,
    model: RESPONSES_MODEL,
    start: startResponses,
    env: (origin) => ({ OPENAI_API_KEY: RESPONSES_KEY, OPENAI_BASE_URL: `${origin}/v1` }),
  },
];

/** A turn, and one in which a command is run. */
async function converse(
  { agent, model }: Recorded,
  { url }: Program,
): Promise<readonly AgentAnswer[]> {
  const endpoint = { origin: url, key: "none-is-needed" };
  const tools = ["Bash"];
  return [
    await runAgent(agent, endpoint, { model, prompt: "Say something." }),
    await runAgent(agent, endpoint, { model, prompt: "Print the number. [tool]", tools }),
  ];
}

for (const recorded of RECORDED) {
  Deno.test(`${recorded.agent.name} does the same when its provider is a recording`, async () => {
    await using folder = await workingDirectory({});
    const file = `${folder.path}/agent.cassette`;
    let first: readonly AgentAnswer[];
    {
      await using provider = recorded.start();
      await using weir = await startProgram({
        args: ["record", file],
        env: recorded.env(provider.origin),
      });
      first = await converse(recorded, weir);
      assert(provider.requests.length > 0);
    }
    assertStringIncludes(first[1]?.text ?? "", COMMAND_OUTPUT);
    // Agents write times, folders and ids of their own into what they ask.
    await using weir = await startProgram({ args: ["replay", file, "--match", "order"] });
    assertEquals(await converse(recorded, weir), first);
  });
}
