/**
 * What of a request is for a provider that takes its callers' own credentials, and not for Weir.
 *
 * A caller that offers its key of Weir in a header of its own has the usual ones free for the provider. Without
 * that header they are Weir's, and go to nobody, unless Weir wants no key at all.
 *
 * @module
 */

import type { HeaderList, HeaderReader } from "../../core/provider/transport.ts";

/** Where the key of Weir is, beside credentials that are for a provider. */
export const WEIR_KEY_HEADER = "x-weir-key";

/** The headers that providers read a caller from. */
const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "api-key"];

/**
 * @param weirKey The key that `WEIR_KEY_HEADER` offers, if any: one that is empty lets nobody in, and the caller's
 *   key of Weir is then in one of the others.
 * @param needsKey Whether Weir itself wants a key.
 */
export function readOwnCredentials(
  headers: HeaderReader,
  weirKey: string | undefined,
  needsKey: boolean,
): HeaderList {
  if (needsKey && weirKey === undefined) return [];
  return CREDENTIAL_HEADERS.flatMap((name) => {
    const value = headers.get(name) ?? "";
    // Some clients send their key of Weir in all the places they know.
    const isWeirs = weirKey !== undefined && value.split(" ").includes(weirKey);
    return value === "" || isWeirs ? [] : [[name, value] as const];
  });
}
