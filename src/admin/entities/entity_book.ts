/** What is made at run time, as the admin API reads and changes it: always the store's own word, never a copy. */

import type { AdminCaller } from "../../access/admin_role.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import type { Entity, EntityChange, EntityKind } from "../../core/ledger/ledger_store.ts";
import type { JsonObject, JsonValue } from "../../core/text/json.ts";
import { askStore } from "../api/ask_store.ts";

/** Of each kind. */
const MAX_ENTITIES = 100_000;
/** Of a change that others, on threads or machines of their own, came before. */
const MAX_TRIES = 5;
const ID_RANDOM_BYTES = 8;
const TOO_LATE = "changed_meanwhile";

export interface BookChange extends Omit<EntityChange, "audit"> {
  /** Such as `key.create`. */
  readonly action: string;
  /** As the audit trail shows it, without secrets and hashes; `null` where there was or is none. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export interface EntityBookParts {
  readonly ledger: Pick<Ledger, "store">;
  readonly clock: Clock;
  readonly randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void;
}

export class EntityBook {
  readonly #parts: EntityBookParts;
  /** Changes of this thread, one after the other: each looks at what is there before it writes. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: EntityBookParts) {
    this.#parts = parts;
  }

  /** All of every kind. */
  read(): Promise<readonly Entity[]> {
    return askStore(this.#parts.ledger.store.entities());
  }

  async of(kind: EntityKind): Promise<readonly Entity[]> {
    return ofKind(await this.read(), kind);
  }

  /** Does something that reads and writes once what was begun before it is over; anew where it came too late. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => untilInTime(work));
    this.#last = turn.catch(() => {}); // Whoever asked for it is told.
    return turn;
  }

  /** An id that tells when it was made, so that the first of two of one name comes first. */
  makeId(kind: EntityKind): string {
    const bytes = new Uint8Array(ID_RANDOM_BYTES);
    this.#parts.randomBytes(bytes);
    const time = Math.floor(this.#parts.clock.epochMs()).toString(36).padStart(9, "0");
    const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${kind}_${time}${random}`;
  }

  /** Writes a change and its entry of the audit trail. Throws where another came before it. */
  async change(
    caller: AdminCaller,
    { action, before, after, ...change }: BookChange,
  ): Promise<void> {
    const { ledger, clock } = this.#parts;
    const atMs = Math.floor(clock.epochMs());
    const audit = { atMs, who: caller.who, action, target: change.id, before, after };
    if (!await askStore(ledger.store.change({ ...change, audit }))) {
      throw conflict(TOO_LATE, "It was changed by somebody else at the same time; try again");
    }
  }

  /** Throws `invalid_request` with 409 where there is no room for another. */
  refuseTooMany(entities: readonly Entity[]): void {
    if (entities.length < MAX_ENTITIES) return;
    throw conflict("too_many", `There are ${MAX_ENTITIES} already; remove some first`);
  }
}

async function untilInTime<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (thrown) {
      const isTooLate = thrown instanceof GatewayError && thrown.code === TOO_LATE;
      if (!isTooLate || tries === MAX_TRIES) throw thrown;
    }
  }
}

export function ofKind(entities: readonly Entity[], kind: EntityKind): readonly Entity[] {
  return entities.filter((entity) => entity.kind === kind);
}

/** A body with a change: `null` takes a member away, and what is not named stays as it is. */
export function withChange(body: JsonObject, change: JsonObject): JsonObject {
  const next: Record<string, JsonValue | undefined> = { ...body };
  for (const [member, value] of Object.entries(change)) {
    if (value === null) delete next[member];
    else if (value !== undefined) next[member] = value;
  }
  return next;
}

export function conflict(code: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { status: 409, code });
}
