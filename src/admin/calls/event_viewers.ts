/**
 * Whoever watches what happens now: each has a queue of its own, whose length is bounded. One that reads too slowly
 * loses events and is told how many; nobody else waits for it.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { LedgerEvent, LedgerEvents } from "../../core/ledger/ledger.ts";

/** In one thread. */
const MAX_VIEWERS = 32;
const MAX_QUEUED_CHARACTERS = 262_144;
/** What happens in so short a time is told together: a write for each event would cost as much as a call's own. */
const TOGETHER_MS = 100;
/** Proxies end what stays silent for a minute. */
const ALIVE_INTERVAL_MS = 15_000;
const RETRY_AFTER_MS = 5_000;

const encoder = new TextEncoder();
const OPENING = "retry: 2000\n\n";
const ALIVE = ": alive\n\n";

/** They live as long as the process, while configurations come and go. */
export class EventViewers {
  readonly #clock: Clock;
  readonly #viewers = new Set<Viewer>();
  readonly #texts = new EventTexts();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /**
   * Opens a stream of server-sent events. Throws `overloaded` where there are as many as may be.
   *
   * @param wants Whether events of a type are asked for.
   */
  open(events: LedgerEvents, wants: (type: string) => boolean): ReadableStream<Uint8Array> {
    if (this.#viewers.size >= MAX_VIEWERS) {
      throw new GatewayError("overloaded", "As many watch already as may; close another page", {
        code: "too_many_viewers",
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    const viewer = new Viewer(this.#clock, () => this.#viewers.delete(viewer));
    this.#viewers.add(viewer);
    viewer.listen(events, wants, this.#texts);
    return viewer.stream;
  }

  /** Ends all streams: the process stops. */
  stop(): void {
    for (const viewer of [...this.#viewers]) viewer.end();
  }
}

class Viewer {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #clock: Clock;
  readonly #left: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #queued = OPENING;
  #lost = 0;
  #isOver = false;
  #stopListening = (): void => {};
  #isResting = false;
  #cancelTimer: CancelTimer = () => {};
  #cancelRest: CancelTimer = () => {};

  constructor(clock: Clock, left: () => void) {
    this.#clock = clock;
    this.#left = left;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#flush(),
      cancel: () => this.#leave(),
    });
    this.#keepAlive();
  }

  listen(events: LedgerEvents, wants: (type: string) => boolean, texts: EventTexts): void {
    this.#stopListening = events.subscribe((event) => {
      if (wants(event.type)) this.#push(texts.of(event));
    });
  }

  end(): void {
    if (this.#isOver) return;
    this.#leave();
    this.#controller?.close();
  }

  #push(text: string): void {
    if (this.#queued.length + text.length > MAX_QUEUED_CHARACTERS) {
      this.#lost++;
      return;
    }
    this.#queued += text;
    this.#flush();
  }

  /** Hands on what is queued, unless what was handed on before has not been read yet. */
  #flush(): void {
    if (this.#isOver || this.#isResting || (this.#controller?.desiredSize ?? 0) <= 0) return;
    let text = this.#queued;
    if (this.#lost > 0) {
      text += eventText("viewer.behind", { lost: this.#lost }, this.#clock.epochMs());
      this.#lost = 0;
    }
    if (text === "") return;
    this.#queued = "";
    this.#controller?.enqueue(encoder.encode(text));
    this.#rest();
  }

  /** After the first event of a quiet time, which is told at once. */
  #rest(): void {
    this.#isResting = true;
    this.#cancelRest = this.#clock.schedule(TOGETHER_MS, () => {
      this.#isResting = false;
      this.#flush();
    });
  }

  #keepAlive(): void {
    this.#cancelTimer = this.#clock.schedule(ALIVE_INTERVAL_MS, () => {
      if (this.#queued === "") this.#push(ALIVE);
      this.#keepAlive();
    });
  }

  #leave(): void {
    this.#isOver = true;
    this.#queued = "";
    this.#stopListening();
    this.#cancelTimer();
    this.#cancelRest();
    this.#left();
  }
}

/** What events are as texts. Each is told to one viewer after the other, and written for the first. */
class EventTexts {
  #last: LedgerEvent | undefined;
  #text = "";

  of(event: LedgerEvent): string {
    if (event !== this.#last) {
      this.#text = eventText(event.type, event.data, event.atMs);
      this.#last = event;
    }
    return this.#text;
  }
}

/** JSON has no line ends of its own, so that each event is two lines. */
function eventText(type: string, data: object, atMs: number): string {
  const body = JSON.stringify({ type, at: new Date(atMs).toISOString(), data });
  return `event: ${type}\ndata: ${body}\n\n`;
}
