/** Reads the text of a body, in the encoding that it has and in the one it may be taken for. */

const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

export interface BodyText {
  /** As its sender means it. */
  readonly text: string;
  readonly isUtf8: boolean;
  /** How it can be read, the first way included: a reader may take no notice of the charset. */
  readonly readings: readonly string[];
}

export function readBodyText(bytes: Uint8Array<ArrayBuffer>, contentType: string | null): BodyText {
  const utf8 = new TextDecoder().decode(bytes);
  const decoder = decoderOf(bytes, contentType);
  const isUtf8 = decoder === undefined;
  const text = isUtf8 ? utf8 : decoder.decode(bytes);
  // UTF-32, which nothing here decodes, has its ASCII between NULs.
  const plain = utf8.includes("\0") ? utf8.replaceAll("\0", "") : utf8;
  return { text, isUtf8, readings: [...new Set([text, utf8, plain])] };
}

/** `undefined` for UTF-8, and for what there is no decoder for. */
function decoderOf(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | null,
): TextDecoder | undefined {
  const encoding = encodingOf(bytes, contentType);
  try {
    const decoder = new TextDecoder(encoding);
    return decoder.encoding === "utf-8" ? undefined : decoder;
  } catch {
    return undefined;
  }
}

function encodingOf(bytes: Uint8Array<ArrayBuffer>, contentType: string | null): string {
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (marked !== undefined) return marked[0];
  const charset = CHARSET.exec(contentType ?? "")?.[1]?.toLowerCase();
  // Without a mark "utf-16" is little-endian to a decoder, and big-endian to RFC 2781.
  if (charset !== undefined && charset !== "utf-16") return charset;
  if (bytes[0] === 0 && bytes[1] !== 0) return "utf-16be";
  if (bytes[0] !== 0 && bytes[1] === 0) return "utf-16le";
  return charset ?? "utf-8";
}
