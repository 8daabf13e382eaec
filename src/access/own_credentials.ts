/**
 * What of a request is for a provider that takes its callers' own credentials, and not for Weir.
 *
 * A caller that offers its key of Weir in a header of its own has the usual ones free for the provider. Without
 * that header they are Weir's, and go to nobody, unless Weir wants no key at all.
 *
 * @module
 */

import type { HeaderList, HeaderReader } from "../core/provider/transport.ts";

/** Where the key of Weir is, beside credentials that are for a provider. */
export const WEIR_KEY_HEADER = "x-weir-key";

/** The headers that providers read a caller from. */
const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "api-key"];

/** @param needsKey Whether Weir itself wants a key. */
export function readOwnCredentials(headers: HeaderReader, needsKey: boolean): HeaderList {
  if (needsKey && headers.get(WEIR_KEY_HEADER) === null) return [];
  return CREDENTIAL_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
}
