/** Keeps the bodies of a call, each bounded, without secrets. */

import type { Exchange, Reply } from "../core/call.ts";
import { isStreamed, seenAnswer } from "../core/http/http.ts";
import type { BodyKeeper, KeptBodies } from "../core/ledger/call_record.ts";
import { matchesPattern } from "../core/principal.ts";
import { type Redact, redactText } from "../core/text/redactor.ts";

export interface KeptBodiesOptions {
  /** Names of keys, `*` for any text. */
  readonly keepBodies: readonly string[];
  readonly keepBodiesMaxBytes: number;
}

/** The same exchange, with the bodies of calls of some keys kept; itself where there are none. */
export function keepBodies(
  { keepBodies: names, keepBodiesMaxBytes: maxBytes }: KeptBodiesOptions,
  redact: Redact,
  exchange: Exchange,
): Exchange {
  if (names.length === 0) return exchange;
  return async (call) => {
    const { name } = call.principal;
    if (!names.some((pattern) => matchesPattern(name, pattern))) return await exchange(call);
    const bodies = new CallBodies(maxBytes, redact);
    bodies.request(call.bytes);
    call.trace.bodies = bodies;
    return withAnswerKept(await exchange(call), bodies);
  };
}

function withAnswerKept(reply: Reply, bodies: CallBodies): Reply {
  const { body } = reply.answer;
  if (body === null) return reply;
  if (!isStreamed(body)) {
    bodies.answer(typeof body === "string" ? new TextEncoder().encode(body) : body);
    return reply;
  }
  const seen = seenAnswer(body, (bytes) => bodies.answer(bytes));
  return { ...reply, answer: { ...reply.answer, body: seen } };
}

class CallBodies implements BodyKeeper {
  readonly #maxBytes: number;
  readonly #redact: Redact;
  #request: Beginning | undefined;
  #forwarded: Beginning | undefined;
  #answer: Beginning | undefined;

  constructor(maxBytes: number, redact: Redact) {
    this.#maxBytes = maxBytes;
    this.#redact = redact;
  }

  request(body: Uint8Array<ArrayBuffer>): void {
    this.#request = this.#begin(body);
  }

  readonly forwarded = (body: Uint8Array<ArrayBuffer>): void => {
    this.#forwarded = this.#begin(body);
  };

  /** The next part of it. */
  answer(body: Uint8Array<ArrayBuffer>): void {
    if (this.#answer === undefined) this.#answer = this.#begin(body);
    else this.#answer.add(body);
  }

  readonly kept = (): KeptBodies => ({
    ...this.#textOf("request", this.#request),
    ...this.#textOf("forwarded", this.#forwarded),
    ...this.#textOf("answer", this.#answer),
  });

  #begin(body: Uint8Array<ArrayBuffer>): Beginning {
    const beginning = new Beginning(this.#maxBytes + MARGIN_BYTES);
    beginning.add(body);
    return beginning;
  }

  #textOf(name: keyof KeptBodies, body: Beginning | undefined): KeptBodies {
    if (body === undefined) return {};
    // Cut after its secrets were taken out: of one that was cut before, the rest would pass.
    const text = redactText(body.text, this.#redact);
    const isWhole = !body.isCut && text.length <= this.#maxBytes;
    return { [name]: isWhole ? text : `${text.slice(0, this.#maxBytes)}…` };
  }
}

/** Longer than a secret. */
const MARGIN_BYTES = 8_192;

/** The beginning of a body whose rest is not kept; a copy, because what is sent is used again. */
class Beginning {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  #room: number;
  isCut = false;

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  add(body: Uint8Array<ArrayBuffer>): void {
    if (body.length > this.#room) this.isCut = true;
    const part = body.slice(0, this.#room);
    this.#room -= part.length;
    if (part.length > 0) this.#parts.push(part);
  }

  get text(): string {
    const decoder = new TextDecoder();
    return this.#parts.map((part) => decoder.decode(part, { stream: true })).join("") +
      decoder.decode();
  }
}
