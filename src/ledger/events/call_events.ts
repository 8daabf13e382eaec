/** What is told of each call while somebody watches. */

import type { Call } from "../../core/call.ts";
import { type CallRecord, shownUsd } from "../../core/ledger/call_record.ts";
import type { LedgerEvents, LedgerEventType } from "../../core/ledger/ledger.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Redact } from "../../core/text/redactor.ts";

/** Members of the log's line that say how a call ended. */
const ENDED_FIELDS = [
  "outcome",
  "status",
  "code",
  "model",
  "served_model",
  "surface",
  "stream",
  "attempts",
  "queue_ms",
  "first_token_ms",
  "duration_ms",
  "input_tokens",
  "output_tokens",
  "cause",
] as const;

const MAX_NAME_CHARACTERS = 200;
/** So much of a name is looked through for secrets. */
const MAX_READ_CHARACTERS = 4_096;

export class CallEvents {
  readonly #events: LedgerEvents;
  readonly #epochMs: () => number;
  readonly #redact: Redact;

  /** @param redact For names of models, which clients choose. */
  constructor(events: LedgerEvents, epochMs: () => number, redact: Redact) {
    this.#events = events;
    this.#epochMs = epochMs;
    this.#redact = redact;
  }

  /** Costs one look where nobody watches. */
  started(call: Call): void {
    if (!this.#events.hasViewers) return;
    const { id, principal, surface, wantsStream: stream, trace } = call;
    const model = this.#shown(call.model);
    this.#publish("call.started", { id, key: principal.name, model, surface, stream });
    trace.onFirstContent = () => this.#publish("call.first_token", { id });
  }

  attempted({ id, trace }: Pick<Call, "id" | "trace">, { provider, model }: Target): void {
    if (!this.#events.hasViewers) return;
    this.#publish("call.attempt", {
      id,
      number: trace.attempts,
      provider: provider.name,
      model: this.#shown(model),
    });
  }

  ended({ uid, line, costUsd, isEstimated }: CallRecord): void {
    if (!this.#events.hasViewers) return;
    const fields = Object.fromEntries(ENDED_FIELDS.map((name) => [name, line[name]]));
    this.#publish("call.ended", {
      id: line["request_id"],
      uid,
      key: line["principal"],
      provider: line["upstream"],
      ...fields,
      cost: shownUsd(costUsd),
      cost_estimated: isEstimated,
    });
  }

  #publish(type: LedgerEventType, data: JsonObject): void {
    this.#events.publish({ type, atMs: this.#epochMs(), data });
  }

  /** It may be as long as a body. */
  #shown(model: string): string {
    return this.#redact(model.slice(0, MAX_READ_CHARACTERS)).slice(0, MAX_NAME_CHARACTERS);
  }
}
