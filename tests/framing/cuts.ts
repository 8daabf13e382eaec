/** Ways to cut a stream into chunks, for showing that the way does not matter. */

/** A seeded generator of numbers in [0, 1) (mulberry32), so that a failure can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Chunks of random sizes from 0 to `maxBytes`. */
export function randomCuts(
  bytes: Uint8Array<ArrayBuffer>,
  maxBytes: number,
  random: () => number,
): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + Math.floor(random() * (maxBytes + 1)));
    chunks.push(bytes.slice(from, to));
    from = to;
  }
  return chunks;
}

/** Chunks of one size. */
export function evenCuts(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.slice(from, from + size));
  return chunks;
}

/** The whole, every cut in two, one byte at a time, and twenty random ways. */
export function* allCuts(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>[]> {
  yield [bytes];
  for (let at = 0; at <= bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)];
  yield evenCuts(bytes, 1);
  const random = seededRandom(bytes.length);
  for (let round = 0; round < 20; round++) yield randomCuts(bytes, 1 + round, random);
}

/** Shows a cut in a failure message. */
export function showCut(chunks: readonly Uint8Array[]): string {
  return chunks.map((chunk) => JSON.stringify(latin1.decode(chunk))).join(" | ");
}

const latin1 = new TextDecoder("latin1");

/** The parts as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
