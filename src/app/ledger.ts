/** What the ledger is told of calls, as the configuration has it. */

import type { Call, Exchange } from "../core/call.ts";
import { allowModels } from "../access/allow_models.ts";
import { createCallRecordOf } from "../ledger/call_record_of.ts";
import { CallEvents } from "../ledger/events/call_events.ts";
import { keepBodies } from "../ledger/call_bodies.ts";
import { createReadBodyTags, type TagSources } from "../ledger/tags.ts";
import type { CallKeeper } from "../observability/log/log_call.ts";
import type { RedactedParts } from "./app_parts.ts";

/** Of a random name: 80 bits. */
const NAME_CHARACTERS = 20;

/** Tells those who watch of calls. */
export function createCallEvents(
  { redactor, runtime: { clock, place: { ledger } } }: RedactedParts,
): CallEvents {
  return new CallEvents(ledger.events, clock.epochMs, redactor.forLog);
}

/** Writes calls that are over to the ledger. */
export function createCallKeeper(parts: RedactedParts): CallKeeper {
  const { redactor, runtime: { clock, makeId, place: { ledger } } } = parts;
  const name = makeId().replaceAll("-", "").slice(0, NAME_CHARACTERS);
  const recordOf = createCallRecordOf(name, redactor.forLog);
  const events = createCallEvents(parts);
  return {
    epochMs: clock.epochMs,
    keep: (ended, fields) => {
      const record = recordOf(ended, fields);
      ledger.record(record);
      events.ended(record);
    },
  };
}

/** Notes what a call is summed up by besides; what the request says wins over what its key says. */
function createNoteTags(sources: TagSources): (call: Call) => void {
  const readTags = createReadBodyTags(sources);
  return ({ principal, trace, body }) => {
    if (readTags === undefined && principal.tags === undefined) return;
    trace.tags = { ...principal.tags, ...trace.tags, ...readTags?.(body.json) };
  };
}

/** Keeps out what a key may not call, once it is noted what the call is summed up by. */
export function createAdmitCall(parts: RedactedParts): (call: Call) => void {
  const noteTags = createNoteTags(parts.config.ledger.tags);
  const events = createCallEvents(parts);
  return (call) => {
    events.started(call);
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
