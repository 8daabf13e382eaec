/** A bug in one call must not end all the others: it is logged and counted, and they go on. */

import type { ProcessState } from "../../app/app.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Log } from "../../observability/log/log.ts";

const MAX_CAUSE_CHARACTERS = 4_000;

/** Takes whatever was thrown where nothing catches it. */
export type ReportBug = (thrown: unknown) => void;

export function createReportBug(log: Log, process: Pick<ProcessState, "bugs">): ReportBug {
  return (thrown) => {
    // The runtime also reports a body that was ended with an error on purpose; that is no bug.
    if (thrown instanceof GatewayError && thrown.kind !== "internal") return;
    process.bugs++;
    log.error("unhandled", { cause: describe(thrown) });
  };
}

/** Reports what would end the process otherwise. */
export function surviveBugs(report: ReportBug): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    report(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    report(event.reason);
  });
}

function describe(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
  return text.slice(0, MAX_CAUSE_CHARACTERS);
}
