/** `weir launch`: starts a coding agent that speaks to a running gateway. */

import { type Command, textOption } from "../command_line/command.ts";
import { AGENT_NAMES, type AgentName } from "./agent_names.ts";
import { KEY_NOTE, RUNNING_OPTIONS } from "../running/running_gateway.ts";

export const launch: Command = {
  name: "launch",
  summary: "Start a coding agent that speaks to a running gateway",
  options: [
    { name: "model", value: "MODEL", meaning: "Model that the agent is to use" },
    ...RUNNING_OPTIONS,
  ],
  args: [
    { name: "AGENT", completion: AGENT_NAMES },
    { name: "ARGUMENTS", isOptional: true, isRest: true, completion: "files" },
  ],
  examples: ["weir launch claude", 'weir launch codex --model gpt-5 -- exec "Say hello"'],
  needs: ["run", "write"],
  notes: () =>
    "The agent gets the address and the key as variables and arguments; its own files stay as they are.\n" +
    `What stands behind -- is the agent's. ${KEY_NOTE}`,
  run: async (invocation) => {
    const { launchAgent } = await import("./launch_agent.ts");
    const [name, ...args] = invocation.args;
    const model = textOption(invocation, "model");
    return await launchAgent(invocation, { name: name as AgentName, model, args });
  },
};
