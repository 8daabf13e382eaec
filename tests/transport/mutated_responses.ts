/**
 * Answers for the fuzz tests: valid ones of every framing, and what noise makes of them.
 *
 * @module
 */

import type { Random } from "../../src/core/clock.ts";

/** A generator that gives the same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number below `limit`. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[below(choices.length, random)] as T; // No caller has an empty list.
}

/** What HTTP gives a meaning to, and so is the likeliest to confuse a parser. */
const FRAGMENTS: readonly string[] = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "0\r\n\r\n",
  "5\r\n",
  "-1",
  "f".repeat(17),
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.0 ",
  "content-length: 5\r\n",
  "content-length: 5, 6\r\n",
  "Transfer-Encoding: chunked\r\n",
  "transfer-encoding: identity\r\n",
  "content-encoding: gzip\r\n",
  "connection: close\r\n",
  "x".repeat(3_000),
  "\xff\xfe",
];

/** A valid answer that carries `marker` in its headers and its body. */
export function validResponse(marker: string, random: Random): string {
  const body = `<${marker}>${"y".repeat(below(200, random))}<${marker}>`;
  const status = pick(["200 OK", "404 Not Found", "500", "307 Temporary Redirect"], random);
  const interim = random() < 0.1 ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
  const filler = "x-filler: z\r\n".repeat(below(4, random));
  const head = `${interim}HTTP/1.1 ${status}\r\nx-marker: ${marker}\r\n${filler}`;
  if (random() < 0.4) return `${head}content-length: ${body.length}\r\n\r\n${body}`;
  let chunks = "";
  for (let from = 0; from < body.length;) {
    const size = 1 + below(60, random);
    const part = body.slice(from, from + size);
    const extension = pick(["", "", ";a", ';a="b"', " "], random);
    chunks += `${part.length.toString(16)}${extension}\r\n${part}\r\n`;
    from += size;
  }
  const trailers = pick(["", "", "x-trailer: t\r\n"], random);
  return `${head}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n${trailers}\r\n`;
}

/** An answer with one to four faults, or none at all. */
export function mutatedResponse(marker: string, random: Random): string {
  let text = validResponse(marker, random);
  for (let count = below(5, random); count > 0; count--) text = mutate(text, marker, random);
  return text;
}

function mutate(text: string, marker: string, random: Random): string {
  const at = below(text.length + 1, random);
  const length = below(pick([4, 40], random), random);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (below(7, random)) {
    case 0:
      return before + pick(FRAGMENTS, random) + after;
    case 1:
      return before + pick(FRAGMENTS, random) + after.slice(length);
    case 2:
      return before + after.slice(length);
    case 3:
      return before + after.slice(0, length) + after;
    case 4:
      return before + String.fromCharCode(below(256, random)) + after.slice(1);
    case 5:
      return before;
    default:
      return text + validResponse(marker, random);
  }
}

/** Cuts bytes into pieces at random places. */
export function cutAnywhere(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const size = pick([1, 7, 100, 5_000], random);
  for (let from = 0; from < bytes.length;) {
    const end = from + 1 + below(size, random);
    pieces.push(bytes.subarray(from, end));
    from = end;
  }
  return pieces;
}
