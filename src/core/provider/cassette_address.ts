/**
 * The address of a provider whose answers come from a recording: `cassette:FILE` as people write it, and as the
 * URL that requests to it have.
 *
 * @module
 */

const SCHEME = "cassette:";
/** A name that no network has (RFC 6761). */
const ORIGIN = "http://cassette.invalid";

/** The URL of such an address; any other text as it is. */
export function readCassetteAddress(text: string): string {
  return text.startsWith(SCHEME)
    ? `${ORIGIN}/${encodeURIComponent(text.slice(SCHEME.length))}`
    : text;
}

/** The file of a request to such an address; `undefined` for any other one. */
export function cassetteOf({ origin, pathname }: URL): string | undefined {
  if (origin !== ORIGIN) return undefined;
  const [, file = ""] = pathname.split("/");
  return decodeURIComponent(file);
}
