/** Finds the key in a request, in each of the places where clients put theirs. */

import { GatewayError } from "../core/gateway_error.ts";

const MAX_CHARACTERS = 4_096;

/** Where the clients of Anthropic, Azure and Google put theirs. */
const KEY_HEADERS = ["x-api-key", "api-key", "x-goog-api-key"];

/**
 * The one key that a request offers: as a bearer token, in a header of its own, or as what was read from
 * elsewhere. `undefined` where it offers none.
 *
 * Throws `invalid_request` for two that differ: which of them counts is not for the gateway to guess.
 */
export function readOfferedKey(
  headers: Headers,
  ...elsewhere: readonly (string | undefined)[]
): string | undefined {
  let offered = bearerOf(headers);
  const offer = (text: string | null | undefined): void => {
    const key = keyIn(text);
    if (key === undefined) return;
    offered ??= key;
    if (key !== offered) throw conflictingKeys();
  };
  for (const name of KEY_HEADERS) offer(headers.get(name));
  for (const key of elsewhere) offer(key);
  return offered;
}

function conflictingKeys(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The request has two different API keys; send one, as Authorization: Bearer or as x-api-key",
    { code: "conflicting_api_keys" },
  );
}

function bearerOf(headers: Headers): string | undefined {
  return keyIn(/^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1]);
}

/** Two headers of one name arrive as one text with a space in it, which is no key. */
function keyIn(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  return text.length > MAX_CHARACTERS || text.includes(" ") ? undefined : text;
}
