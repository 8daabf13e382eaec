/**
 * Weir whose calls tell nobody anything between one SIGUSR2 and the next, to compare with what telling costs while
 * nobody looks.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- Whoever sends the signal waits for the line.

import { run } from "../../../src/cli/run.ts";
import { CallEvents } from "../../../src/ledger/events/call_events.ts";

const { started, attempted, ended } = CallEvents.prototype;
const TELLING = { started, attempted, ended };
const SILENT = { started: () => {}, attempted: () => {}, ended: () => {} };

let switches = 0;
Deno.addSignalListener("SIGUSR2", () => {
  switches++;
  Object.assign(CallEvents.prototype, switches % 2 === 1 ? SILENT : TELLING);
  console.log(`switched ${switches}`);
});

run(Deno.args).then(Deno.exit);
