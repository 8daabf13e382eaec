/** Reads a long text of JSON a part at a time. */

type Bytes = Uint8Array<ArrayBuffer>;

const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const PART_BYTES = 524_288;
const MAX_BEGINNING_CHARACTERS = 4_096;
/** Of an escape, from its backslash to its last digit. */
const MAX_ESCAPE_BYTES = 6;

/**
 * The text of what stands between its quotes. It is joined of its parts only by whoever reads it.
 *
 * Throws `SyntaxError` for what may not stand in a text.
 */
export async function readLongText(
  bytes: Bytes,
  { decode, rest }: {
    readonly decode: (bytes: Bytes) => string;
    readonly rest: () => Promise<void> | undefined;
  },
): Promise<{ readonly text: string; readonly beginning: string }> {
  let text = "";
  let beginning: string | undefined;
  for (let start = 0; start < bytes.length;) {
    const end = cutBefore(bytes, start, Math.min(bytes.length, start + PART_BYTES));
    const part: string = JSON.parse(`"${decode(bytes.subarray(start, end))}"`);
    beginning ??= part.slice(0, MAX_BEGINNING_CHARACTERS);
    text += part;
    start = end;
    const resting = rest();
    if (resting !== undefined) await resting;
  }
  return { text, beginning: beginning ?? "" };
}

/** A place at `end`, or shortly before it, that is within no character and no escape. */
function cutBefore(bytes: Bytes, start: number, end: number): number {
  if (end === bytes.length) return end;
  let cut = end;
  // Bytes that go on with a character, of which there are three at the most.
  while (cut > end - 4 && (bytes[cut]! & 0xc0) === 0x80) cut--;
  if (backslashesBefore(bytes, cut, start) % 2 === 1) return cut - 1;
  for (let u = cut - 1; u > cut - MAX_ESCAPE_BYTES && u > start; u--) {
    if (bytes[u] === SMALL_U && backslashesBefore(bytes, u, start) % 2 === 1) return u - 1;
  }
  return cut;
}

function backslashesBefore(bytes: Bytes, at: number, start: number): number {
  let first = at;
  while (first > start && bytes[first - 1] === BACKSLASH) first--;
  return at - first;
}
