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

/** What such a URL says; `undefined` for any other one. */
export function cassetteOf(
  { origin, pathname }: URL,
): { readonly file: string; readonly path: string } | undefined {
  if (origin !== ORIGIN) return undefined;
  const [, file = "", ...path] = pathname.split("/");
  return { file: decodeURIComponent(file), path: `/${path.join("/")}` };
}
