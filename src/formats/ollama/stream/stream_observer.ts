/**
 * Relays a stream to a client that speaks the same: the bytes unchanged, and watched.
 *
 * Until there is output each line is parsed, because a relay wants to know when it begins; from then on plain
 * lines are not. Left out is what the client must not get: the last line, which `close` writes as it came once
 * the answer is known to be whole; whatever follows it or an error; lines that are no JSON object, blank ones
 * included, at which clients fail (T10).
 *
 * @module
 */

import type {
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import { EventProgress } from "../../../core/chat/stream_progress.ts";
import { parseJsonObject } from "../../../core/text/json.ts";
import { type Redact, redactJson } from "../../../core/text/redactor.ts";
import { KeptBytes } from "../../../bytes/kept_bytes.ts";
import { NdjsonSplitter } from "../../../framing/ndjson_splitter.ts";
import type { AnswerShape } from "../answer/answer_shape.ts";
import { ObjectReader } from "../answer/object_reader.ts";
import { isPlainLine } from "./plain_line.ts";
import { OllamaStreamEncoder } from "./stream_encoder.ts";

const LF = 10;
const NO_BYTES = new Uint8Array(0);
const utf8 = new TextDecoder();

/** Relays one stream; create one per response. */
export class OllamaStreamObserver implements StreamTranslation {
  readonly progress: EventProgress;
  readonly #reader: ObjectReader;
  readonly #redact: Redact;
  readonly #splitter: NdjsonSplitter;
  readonly #encoder: StreamEncoder;
  /** The line that says that the answer is done, as it came. */
  #lastLine: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The client got the provider's own error, so it gets none of ours. */
  #hasPassedError = false;

  constructor(shape: AnswerShape, options: ObserveOptions) {
    this.progress = new EventProgress(options.choices);
    this.#reader = new ObjectReader(shape);
    this.#redact = options.redact;
    this.#splitter = new NdjsonSplitter({ maxLineBytes: options.maxEventBytes });
    this.#encoder = new OllamaStreamEncoder(shape, options.encode);
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.progress.isOver) return NO_BYTES;
    const { bytes, ends } = this.#splitter.push(chunk);
    const kept = new KeptBytes(bytes);
    let start = 0;
    for (const end of ends) {
      if (!this.#keeps(bytes, start, end)) kept.leaveOut(start, end);
      start = end;
    }
    return kept.join();
  }

  flush(): Uint8Array<ArrayBuffer> {
    if (this.progress.isOver) return NO_BYTES;
    const rest = this.#splitter.flush();
    return rest.length > 0 && this.#keeps(rest, 0, rest.length) ? withLineEnd(rest) : NO_BYTES;
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" && this.#hasPassedError) return NO_BYTES;
    return ending.kind === "failed" || this.#lastLine.length === 0
      ? this.#encoder.close(ending)
      : withLineEnd(this.#lastLine);
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#encoder.keepAlive(form);
  }

  #keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    const { progress } = this;
    if (progress.isOver) return false;
    if (progress.hasOutput) progress.heardText.noteEncoded(end - start);
    if (progress.hasOutput && isPlainLine(bytes, start, end)) return true;
    const text = utf8.decode(bytes.subarray(start, end)).trim();
    if (text === "") return false;
    const body = parseJsonObject(text);
    if (body === undefined) {
      progress.malformedEvents++;
      return false;
    }
    for (const event of this.#reader.read(body)) progress.note(event);
    if (progress.fault !== undefined) {
      // One that must not pass as it is is left out here, and written anew by `close`.
      this.#hasPassedError = typeof body["error"] === "string" &&
        redactJson(body, this.#redact) === body;
      return this.#hasPassedError;
    }
    if (progress.hasEnded) this.#lastLine = bytes.slice(start, end);
    return !progress.hasEnded;
  }
}

/** Its last line may have none. */
function withLineEnd(line: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return line.at(-1) === LF ? line : new Uint8Array([...line, LF]);
}
