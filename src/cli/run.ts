/** Runs the command that the command line asks for. */

import { ConfigError } from "../config/problems/problem.ts";
import { EXIT, UsageError } from "./command_line/command.ts";
import { COMMANDS } from "./commands.ts";
import { readArguments } from "./command_line/read_arguments.ts";
import { STORE_THREAD_NAME } from "../host/ledger/store_thread_name.ts";
import { keepOnly } from "../host/system/permissions.ts";
import { isWorker, threadName } from "../host/runtime.ts";
import { RunningError } from "./running/running_error.ts";
import { StartError } from "../host/start_error.ts";
import { notify } from "../host/system/terminal.ts";

/** Resolves with the exit code. A thread of the program that is to serve does that instead. */
export async function run(args: readonly string[]): Promise<number> {
  if (isWorker()) return await runThread();
  try {
    const { command, invocation } = readArguments(args, COMMANDS);
    keepOnly(command.needs ?? []);
    return await command.run(invocation);
  } catch (thrown) {
    if (thrown instanceof ConfigError) {
      notify(`weir: these settings are not valid:\n${thrown.message}`);
      return EXIT.unusable;
    }
    if (thrown instanceof UsageError) {
      notify(`${thrown.message}\nRun "weir help" for what there is`);
      return EXIT.unusable;
    }
    if (thrown instanceof RunningError) {
      notify(thrown.message);
      return EXIT.failed;
    }
    if (thrown instanceof StartError) {
      notify(await describeStart(thrown));
      return EXIT.failed;
    }
    // Not left to the runtime: a process that has begun to serve survives what nothing catches.
    notify(`weir failed: ${thrown instanceof Error ? thrown.stack : thrown}`);
    return EXIT.failed;
  }
}

/** Does what a thread of the program is for, until it is ended. */
async function runThread(): Promise<never> {
  if (threadName() === STORE_THREAD_NAME) {
    const { runStoreThread } = await import("../host/ledger/store_thread.ts");
    return await runStoreThread();
  }
  const { runWorker } = await import("../host/workers/worker.ts");
  return await runWorker();
}

/** With the name of what is in the way, where that can be had. */
async function describeStart(error: StartError): Promise<string> {
  const { ListenError } = await import("../host/listener/listen.ts");
  if (!(error instanceof ListenError) || error.taken === undefined) return error.message;
  const { whoListens } = await import("../host/listener/who_listens.ts");
  const who = await whoListens(error.taken.hostname, error.taken.port);
  return who === undefined ? error.message : error.naming(who);
}
