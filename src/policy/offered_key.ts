/** Finds the key in a request, in each of the places where clients put theirs. */

import { GatewayError } from "../core/gateway_error.ts";

const MAX_CHARACTERS = 4_096;

/**
 * The one key that a request offers: as a bearer token, as `x-api-key`, or as what its surface has read
 * from elsewhere. `undefined` where it offers none.
 *
 * Throws `invalid_request` for two that differ: which of them counts is not for the gateway to guess.
 */
export function readOfferedKey(headers: Headers, elsewhere?: string): string | undefined {
  const bearer = bearerOf(headers);
  const named = keyIn(headers.get("x-api-key"));
  const other = keyIn(elsewhere);
  const offered = bearer ?? named ?? other;
  if (isOther(named, offered) || isOther(other, offered)) {
    throw new GatewayError(
      "invalid_request",
      "The request has two different API keys; send one, as Authorization: Bearer or as x-api-key",
      { code: "conflicting_api_keys" },
    );
  }
  return offered;
}

function bearerOf(headers: Headers): string | undefined {
  return keyIn(/^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1]);
}

/** Two headers of one name arrive as one text with a space in it, which is no key. */
function keyIn(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  return text.length > MAX_CHARACTERS || text.includes(" ") ? undefined : text;
}

function isOther(key: string | undefined, offered: string | undefined): boolean {
  return key !== undefined && key !== offered;
}
