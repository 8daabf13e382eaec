/** Finds the key in a request, in each of the places where clients put theirs. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import { WEIR_KEY_HEADER } from "./own_credentials.ts";
import { keysInQuery } from "../../core/text/query_credentials.ts";
import type { HeaderReader } from "../../core/provider/transport.ts";

const MAX_CHARACTERS = 4_096;

/** Where the clients of Azure and Google put theirs. */
const OTHER_HEADERS = ["api-key", "x-goog-api-key"];

/** Clients of AWS sign, and name who signs: that is the key. The signature, made with anything, proves nothing. */
const SIGNER = /^AWS4-HMAC-SHA256 Credential=([^/\s,]+)\//;

/**
 * The one key that a request offers: as a bearer token, as `x-api-key`, or as what its surface has read
 * from elsewhere. Only where there is none of these, it is the one of other clients' headers, or of the
 * address: beside a key of Weir's those may be meant for somebody else. `undefined` where it offers none.
 *
 * Throws `invalid_request` for two that differ: which of them counts is not for the gateway to guess.
 */
export function readOfferedKey(
  { headers, target }: Pick<HttpRequest, "headers" | "target">,
  elsewhere?: string,
): string | undefined {
  // Beside it, all others are for a provider that takes its callers' own.
  const named = readWeirKey(headers);
  if (named !== undefined) return named;
  return oneOf([bearerOf(headers), headers.get("x-api-key"), elsewhere]) ??
    oneOf([...OTHER_HEADERS.map((name) => headers.get(name)), ...keysInQuery(target)]);
}

/** The key in the header that is Weir's own; `undefined` where there is none. */
export function readWeirKey(headers: HeaderReader): string | undefined {
  return keyIn(headers.get(WEIR_KEY_HEADER));
}

function oneOf(texts: readonly (string | null | undefined)[]): string | undefined {
  const [offered, ...others] = texts.map(keyIn).filter((key) => key !== undefined);
  if (others.some((key) => key !== offered)) throw conflictingKeys();
  return offered;
}

function conflictingKeys(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The request has two different API keys; send one, as Authorization: Bearer or as x-api-key",
    { code: "conflicting_api_keys" },
  );
}

function bearerOf(headers: HeaderReader): string | undefined {
  const text = headers.get("authorization") ?? "";
  return keyIn(/^bearer +(\S+)$/i.exec(text)?.[1] ?? SIGNER.exec(text)?.[1]);
}

/** Two headers of one name arrive as one text with a space in it, which is no key. */
function keyIn(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  return text.length > MAX_CHARACTERS || text.includes(" ") ? undefined : text;
}
