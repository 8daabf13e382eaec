/** Base URLs in the forms people write them (T47). */

/** Where an API lies below its host unless an address says otherwise. */
const ROOT = "/v1";
/** What people paste along with the address. Without a version, `/models` may be a root by itself. */
const ENDPOINT =
  /(\/chat\/completions|(?<=\/v1)\/(completions|embeddings|messages(\/count_tokens)?|models|responses))$/;

/**
 * The address below which an API lies, without a trailing slash.
 *
 * A bare host, or one with a part of `root`, gets the whole of it; any other path is taken as it
 * is, less a pasted endpoint and a version that was written twice.
 */
export function normalizeBaseUrl(baseUrl: string, root = ROOT): string {
  const { origin } = new URL(baseUrl);
  const path = withoutEndpoint(baseUrl).slice(origin.length).replace(/(\/v1)+$/, "/v1");
  return `${origin}${root.startsWith(`${path}/`) ? root : path}`;
}

/** An address as it is, less its query, slashes that say nothing, and a pasted endpoint. */
export function withoutEndpoint(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname.replace(/\/+/g, "/").replace(/\/$/, "").replace(ENDPOINT, "");
}
