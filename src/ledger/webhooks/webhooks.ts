/**
 * Tells receivers of events by signed requests, each again for as long as it is refused, within bounds.
 *
 * @module
 */

import type { CancelTimer, Clock, MakeId, Random } from "../../core/clock.ts";
import { OwnSignal } from "../../core/http/signal.ts";
import type { LedgerEvent } from "../../core/ledger/ledger.ts";
import type { Transport } from "../../core/provider/transport.ts";
import { signedHeaders } from "./sign.ts";
import type { WebhookOptions } from "./webhook_options.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

const ANSWER_MS = 15_000;
/** After the first try and each of those that follow: half a day in all. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 14_400_000, 28_800_000];
/** Of one receiver, that are being sent or wait to be sent again. */
const MAX_PENDING = 1_000;
const MAX_AT_ONCE = 4;
const GONE = 410;

export interface WebhookParts {
  readonly send: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly watch: WebhookWatch;
}

/** Who is told of what does not arrive. None may throw. */
export interface WebhookWatch {
  readonly refused: (url: string, event: string, cause: string, nextMs: number) => void;
  readonly lost: (url: string, event: string, cause: string) => void;
}

interface Message {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  tries: number;
}

export class Webhooks {
  readonly #parts: WebhookParts;
  #receivers: readonly Receiver[] = [];

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  /** Those that were there before go on with what they have. */
  configure(options: readonly WebhookOptions[]): void {
    // Each goes on as one: several may have the same address.
    const before = new Set(this.#receivers);
    this.#receivers = options.map((option) => {
      const known = [...before].find(({ options: { url } }) => url === option.url);
      if (known === undefined) return new Receiver(option, this.#parts);
      before.delete(known);
      known.options = option;
      return known;
    });
    for (const receiver of before) receiver.close("it is not configured any more");
  }

  publish(event: LedgerEvent): void {
    if (this.#receivers.length === 0) return;
    const { type, atMs, data } = event;
    const body = JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
    const id = `msg_${this.#parts.makeId()}`;
    for (const receiver of this.#receivers) {
      const wanted: readonly string[] = receiver.options.events;
      if (wanted.includes(type)) receiver.take({ id, type, body, tries: 0 });
    }
  }

  close(): void {
    for (const receiver of this.#receivers) receiver.close("Weir was stopped");
    this.#receivers = [];
  }
}

class Receiver {
  options: WebhookOptions;
  readonly #parts: WebhookParts;
  readonly #due: Message[] = [];
  /** Those that wait to be sent again. */
  readonly #later = new Map<Message, CancelTimer>();
  #sending = 0;
  #isClosed = false;

  constructor(options: WebhookOptions, parts: WebhookParts) {
    this.options = options;
    this.#parts = parts;
  }

  take(message: Message): void {
    if (this.#due.length + this.#later.size + this.#sending >= MAX_PENDING) {
      this.#lose(message, `${MAX_PENDING} others wait to be sent`);
      return;
    }
    this.#due.push(message);
    this.#sendDue();
  }

  /** What waits is lost. */
  close(cause: string): void {
    this.#isClosed = true;
    for (const cancel of this.#later.values()) cancel();
    for (const message of [...this.#due, ...this.#later.keys()]) this.#lose(message, cause);
    this.#due.length = 0;
    this.#later.clear();
  }

  #sendDue(): void {
    while (this.#sending < MAX_AT_ONCE) {
      const message = this.#due.shift();
      if (message === undefined) return;
      this.#sending++;
      this.#send(message).finally(() => {
        this.#sending--;
        this.#sendDue();
      });
    }
  }

  async #send(message: Message): Promise<void> {
    message.tries++;
    try {
      const status = await this.#post(message);
      if (status >= 200 && status < 300) return;
      if (status === GONE) this.#lose(message, "it answered 410: it wants no more events");
      else this.#tryLater(message, `it answered ${status}`);
    } catch (thrown) {
      this.#tryLater(message, thrownMessage(thrown));
    }
  }

  async #post({ id, body }: Message): Promise<number> {
    const { send, clock } = this.#parts;
    const signal = new OwnSignal();
    const cancelTimer = clock.schedule(
      ANSWER_MS,
      () => signal.abort(new Error(`no answer within ${ANSWER_MS} ms`)),
    );
    try {
      const atSeconds = Math.floor(clock.epochMs() / 1000);
      const { status, body: answer } = await send({
        method: "POST",
        url: new URL(this.options.url),
        headers: [
          ["content-type", "application/json"],
          ["user-agent", "weir"],
          ...signedHeaders(this.options.secret, id, atSeconds, body),
        ],
        body: new TextEncoder().encode(body),
      }, signal);
      answer.cancel();
      return status;
    } finally {
      cancelTimer();
    }
  }

  #tryLater(message: Message, cause: string): void {
    const pauseMs = PAUSES_MS[message.tries - 1];
    if (pauseMs === undefined || this.#isClosed) {
      this.#lose(message, cause);
      return;
    }
    const { clock, random, watch } = this.#parts;
    // Not all at once, once it answers again.
    const waitMs = Math.round(pauseMs * (0.8 + 0.4 * random()));
    watch.refused(this.options.url, message.type, cause, waitMs);
    const again = (): void => {
      this.#later.delete(message);
      this.#due.push(message);
      this.#sendDue();
    };
    this.#later.set(message, clock.schedule(waitMs, again));
  }

  #lose({ type }: Message, cause: string): void {
    this.#parts.watch.lost(this.options.url, type, cause);
  }
}
