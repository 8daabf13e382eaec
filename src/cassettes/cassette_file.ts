/** Writes and reads the files of recordings. */

import { parseJsonObject } from "../core/text/json.ts";
import {
  CASSETTE_VERSION,
  cassetteLine,
  type CassetteTitle,
  type RecordedChunk,
  type RecordedExchange,
  type RecordedHead,
  type RecordedRequest,
  writeExchange,
  writeTitle,
} from "./exchange.ts";
import { thrownMessage } from "../core/text/thrown_message.ts";

/** Its owner's alone: prompts and answers are in it. */
const FILE_MODE = 0o600;
/** Longest file that is read. */
const MAX_FILE_BYTES = 1_073_741_824;
const NEWLINE = 0x0a;

/** A recording cannot be read or written; the message is for whoever runs this. */
export class CassetteError extends Error {
  override readonly name = "CassetteError";
}

/** Writes the title where there is none yet. Throws `CassetteError` where the file cannot be written. */
export function beginRecording(path: string, title: CassetteTitle): void {
  try {
    append(path, new TextEncoder().encode(sizeOf(path) === 0 ? writeTitle(title) : ""));
  } catch (thrown) {
    throw new CassetteError(
      `${path} could not be written (${thrownMessage(thrown)}); ` +
        "RECORD must name a file that this program may write",
    );
  }
}

/**
 * Adds exchanges to a file that has been begun, each in one write, so that several threads may share it.
 *
 * The write is waited for: whoever records would rather have it whole than fast.
 */
export class CassetteWriter {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #onEnd: (why: string) => void;
  #hasEnded = false;

  /** @param onEnd Told once, of why nothing more is recorded. */
  constructor(path: string, maxBytes: number, onEnd: (why: string) => void) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#onEnd = onEnd;
  }

  /** Never throws. */
  add(exchange: RecordedExchange): void {
    if (this.#hasEnded) return;
    try {
      const text = new TextEncoder().encode(writeExchange(exchange));
      if (sizeOf(this.#path) + text.length > this.#maxBytes) {
        return this.#end("it has reached RECORD_MAX_FILE_BYTES");
      }
      append(this.#path, text);
    } catch (thrown) {
      this.#end(`it could not be written (${thrownMessage(thrown)})`);
    }
  }

  #end(why: string): void {
    this.#hasEnded = true;
    this.#onEnd(why);
  }
}

export interface Cassette {
  readonly title: CassetteTitle;
  readonly exchanges: readonly RecordedExchange[];
}

/** Throws `CassetteError` where there is no such file, or it is none. */
export function readCassette(path: string): Cassette {
  let bytes: Uint8Array;
  try {
    if (Deno.statSync(path).size > MAX_FILE_BYTES) throw new Error("it is longer than 1 GiB");
    bytes = Deno.readFileSync(path);
  } catch (thrown) {
    throw new CassetteError(`The recording ${path} could not be read (${thrownMessage(thrown)})`);
  }
  return parseCassette(linesOf(bytes), path);
}

/** One after the other: a text of more than half a GiB is too long for the runtime. */
function* linesOf(bytes: Uint8Array): Iterable<string> {
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    yield decoder.decode(bytes.subarray(start, end));
    start = end + 1;
  }
}

/** @param path For messages. Throws `CassetteError`. */
function parseCassette(lines: Iterable<string>, path: string): Cassette {
  const exchanges: RecordedExchange[] = [];
  let title: CassetteTitle | undefined;
  let request: RecordedRequest | undefined;
  let head: RecordedHead | undefined;
  let chunks: RecordedChunk[] = [];
  let number = 0;
  for (const lineText of lines) {
    number++;
    if (lineText.trim() === "") continue;
    const { success, data: line } = cassetteLine().safeParse(parseJsonObject(lineText));
    const isVersion = success && "title" in line ? line.title.cassette : CASSETTE_VERSION;
    if (isVersion > CASSETTE_VERSION) {
      throw new CassetteError(
        `${path} was made by a later version of Weir (${isVersion}); play it with that one`,
      );
    }
    if (!success) throw new CassetteError(`Line ${number} of ${path} is none of a recording`);
    if ("title" in line) {
      title ??= line.title;
    } else if ("request" in line) {
      request = line.request;
      head = undefined;
      chunks = [];
    } else if (request === undefined) {
      throw new CassetteError(`Line ${number} of ${path} belongs to no request`);
    } else if ("head" in line) {
      head = line.head;
    } else if ("chunk" in line) {
      chunks.push(line.chunk);
    } else {
      exchanges.push({ request, ...(head !== undefined && { head }), chunks, end: line.end });
      request = undefined;
    }
  }
  if (title === undefined) {
    throw new CassetteError(`${path} is no recording of Weir: it has no title`);
  }
  // They were written when they ended.
  return { title, exchanges: exchanges.toSorted(byTime) };
}

function byTime(left: RecordedExchange, right: RecordedExchange): number {
  return left.request.at < right.request.at ? -1 : left.request.at > right.request.at ? 1 : 0;
}

function append(path: string, bytes: Uint8Array): void {
  Deno.writeFileSync(path, bytes, { append: true, create: true, mode: FILE_MODE });
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw thrown;
  }
}
