/** Starts an agent, waits for its end, and leaves nothing behind. */

import { runToItsEnd } from "../../host/system/child_process.ts";
import { notify } from "../../host/system/terminal.ts";
import { EXIT, type Invocation } from "../command_line/command.ts";
import { KEY_VARIABLE, runningGateway } from "../running/running_gateway.ts";
import { AGENTS, modelsOf } from "./agents.ts";
import type { AgentName } from "./agent_names.ts";

/** Agents want some key; a gateway without keys asks for none. */
const ANY_KEY = "weir";

export interface LaunchWish {
  readonly name: AgentName;
  readonly model: string | undefined;
  /** Arguments of the agent. */
  readonly args: readonly string[];
}

/** Resolves with the exit code of the agent. Throws `RunningError`, `ConfigError`. */
export async function launchAgent(
  invocation: Invocation,
  { name, model, args }: LaunchWish,
): Promise<number> {
  using gateway = runningGateway(invocation);
  // What would go wrong in the agent goes wrong here, where it says what to do.
  const models = modelsOf(await gateway.get("/v1/models"));
  const files: string[] = [];
  const temporaryFile = async (text: string): Promise<string> => {
    const path = await Deno.makeTempFile({ prefix: `weir-${name}-`, suffix: ".json" });
    files.push(path);
    await Deno.writeTextFile(path, text);
    return path;
  };
  const { program, npmPackage, withoutVariables, start } = AGENTS[name];
  try {
    const { key = ANY_KEY } = gateway;
    const started = await start({ gateway, key, model, models, temporaryFile });
    const hasKey = gateway.key === undefined ? "it wants no key" : `key of ${KEY_VARIABLE}`;
    notify(`weir: ${program} speaks to ${gateway.origin} (${hasKey})`);
    return await runToItsEnd(program, {
      args: [...started.args ?? [], ...args],
      env: started.env,
      withoutVariables,
    });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    notify(`There is no ${program} on the PATH; install it: npm install -g ${npmPackage}`);
    return EXIT.failed;
  } finally {
    await Promise.all(files.map((path) => Deno.remove(path)));
  }
}
