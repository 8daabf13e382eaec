/** A gateway whose log is kept: one line for each call. */

import { adminOf } from "../support/admin.ts";
import { startProgram } from "../support/program.ts";

const OF_CALL = /^\{.*"message":"call"/;

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
  const lines = new Map<string, LoggedCall>();
  let wake = (): void => {};
  const weir = await startProgram({
    env,
    onLine: (text) => {
      if (!OF_CALL.test(text)) return;
      const line: LoggedCall = JSON.parse(text);
      lines.set(line.request_id, line);
      wake();
    },
  });
  return {
    url: weir.url,
    lines,
    logged: async (calls) => {
      while (lines.size < calls) await new Promise<void>((resolve) => wake = resolve);
    },
    ledgerUsd: async () => {
      const { json } = await adminOf(weir)("/usage?group=key", { key: null });
      return json.total?.cost;
    },
    [Symbol.asyncDispose]: () => weir[Symbol.asyncDispose](),
  };
}
