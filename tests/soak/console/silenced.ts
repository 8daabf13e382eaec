/** Weir whose calls tell nobody anything, to compare with what telling costs while nobody looks. */

import { run } from "../../../src/cli/run.ts";
import { CallEvents } from "../../../src/ledger/events/call_events.ts";

CallEvents.prototype.started = () => {};
CallEvents.prototype.attempted = () => {};
CallEvents.prototype.ended = () => {};

Deno.exit(await run(Deno.args));
