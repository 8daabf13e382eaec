/**
 * How the messages of an answer travel from the format to the socket: a line each, of a mark and JSON.
 *
 * The id that a message goes by is the socket's own business and not known here.
 *
 * @module
 */

/** What a line holds. An answer ends with the first that is no piece. */
export type LineKind = "piece" | "final" | "error";

export interface SocketLine {
  readonly kind: LineKind;
  /** JSON text: `data` of a response, or `error`. */
  readonly json: string;
}

const MARKS: Readonly<Record<LineKind, string>> = { piece: "p", final: "f", error: "e" };
const KINDS: ReadonlyMap<string, LineKind> = new Map([
  ["p", "piece"],
  ["f", "final"],
  ["e", "error"],
]);

/** What a line begins with. */
export function markOf(kind: LineKind): string {
  return MARKS[kind];
}

/** Splits a stream into its lines; one per stream. A chunk may end anywhere. */
export class SocketLineReader {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Of the line whose end has not arrived; joined once, however many there are. */
  #pieces: string[] = [];

  push(chunk: Uint8Array): readonly SocketLine[] {
    const [first = "", ...rest] = this.#utf8.decode(chunk, { stream: true }).split("\n");
    this.#pieces.push(first);
    const last = rest.pop();
    if (last === undefined) return [];
    const lines = [this.#pieces.join(""), ...rest];
    this.#pieces = [last];
    return lines.map(readLine);
  }
}

function readLine(line: string): SocketLine {
  const kind = KINDS.get(line.charAt(0));
  if (kind === undefined) throw new Error(`No line of a socket begins with ${line.charAt(0)}`);
  return { kind, json: line.slice(1) };
}
