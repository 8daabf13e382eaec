/** A gateway whose log is kept: one line for each call. */

import { eachLine } from "../support/each_line.ts";
import { commandLine } from "../support/program.ts";

const START_TIMEOUT_MS = 60_000;

export interface LoggedCall {
  readonly request_id: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly cost?: number | null;
  readonly cost_estimated?: boolean;
}

export interface LoggedGateway extends AsyncDisposable {
  readonly url: string;
  readonly lines: ReadonlyMap<string, LoggedCall>;
  /** Resolves when so many calls have their line. */
  logged(calls: number): Promise<void>;
  /** What the ledger says of all calls. */
  ledgerUsd(): Promise<number | undefined>;
}

export async function startLogged(env: Readonly<Record<string, string>>): Promise<LoggedGateway> {
  const { program, args, env: all, cwd } = commandLine({
    env: { HOST: "127.0.0.1", PORT: "0", ...env },
  });
  const child = new Deno.Command(program, {
    args,
    env: all,
    cwd,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Map<string, LoggedCall>();
  let wake = (): void => {};
  const reading = eachLine(child.stdout, (text) => {
    const line: LoggedCall & { readonly message: string } = JSON.parse(text);
    if (line.message !== "call") return;
    lines.set(line.request_id, line);
    wake();
  });
  const address = Promise.withResolvers<string>();
  const readingMessages = eachLine(child.stderr, (text) => {
    const [, found] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
    if (found !== undefined) address.resolve(found);
  });
  const timer = setTimeout(() => address.reject(new Error("It did not start")), START_TIMEOUT_MS);
  const url = await address.promise.finally(() => clearTimeout(timer));
  return {
    url,
    lines,
    logged: async (calls) => {
      while (lines.size < calls) await new Promise<void>((resolve) => wake = resolve);
    },
    ledgerUsd: async () => {
      const response = await fetch(`${url}/admin/v1/usage?group=key`);
      const { total } = await response.json();
      return total?.cost;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await Promise.all([child.status, reading, readingMessages]);
    },
  };
}
