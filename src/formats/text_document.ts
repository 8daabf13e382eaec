/** Documents of plain text, for formats that take their words instead of their bytes. */

const utf8 = new TextDecoder();

export function isPlainText(mediaType: string): boolean {
  const type = mediaType.toLowerCase();
  return type.startsWith("text/") || type === "application/json";
}

/** The words of a document; `undefined` where it is no base64. */
export function textOfBase64(base64: string): string | undefined {
  try {
    return utf8.decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
