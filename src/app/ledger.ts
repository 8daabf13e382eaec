/** What the ledger is told of calls, as the configuration has it. */

import type { Call, Exchange } from "../core/call.ts";
import { allowModels } from "../access/allow_models.ts";
import { createCallRecordOf } from "../ledger/call_record_of.ts";
import { keepBodies } from "../ledger/call_bodies.ts";
import { createReadBodyTags, type TagSources } from "../ledger/tags.ts";
import type { CallKeeper } from "../observability/log/log_call.ts";
import type { RedactedParts } from "./app_parts.ts";

/** Of a random name: 80 bits. */
const NAME_CHARACTERS = 20;

/** Writes calls that are over to the ledger. */
export function createCallKeeper(
  { redactor, runtime: { clock, makeId, place: { ledger } } }: RedactedParts,
): CallKeeper {
  const name = makeId().replaceAll("-", "").slice(0, NAME_CHARACTERS);
  const recordOf = createCallRecordOf(name, redactor.forLog);
  return {
    epochMs: clock.epochMs,
    keep: (ended, fields) => ledger.record(recordOf(ended, fields)),
  };
}

/** Notes what a call is summed up by besides; what the request says wins over what its key says. */
function createNoteTags(sources: TagSources): (call: Call) => void {
  const readTags = createReadBodyTags(sources);
  return ({ principal, trace, body }) => {
    if (readTags === undefined && principal.tags === undefined) return;
    trace.tags = { ...principal.tags, ...trace.tags, ...readTags?.(body) };
  };
}

/** Keeps out what a key may not call, once it is noted what the call is summed up by. */
export function createAdmitCall({ config }: RedactedParts): (call: Call) => void {
  const noteTags = createNoteTags(config.ledger.tags);
  return (call) => {
    noteTags(call);
    allowModels(call);
  };
}

/** With the bodies of calls kept, where the configuration has it so. */
export function withBodiesKept(
  { config: { ledger }, redactor }: RedactedParts,
  exchange: Exchange,
): Exchange {
  return keepBodies(ledger, redactor.forLog, exchange);
}
