/** Lets a request in by its bearer key. */

import { z } from "zod";
import { GatewayError } from "../core/gateway_error.ts";

export const authenticateOptions = z.strictObject({
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces").max(4_096)
    .optional().describe(
      "When set, every request but health checks and preflights needs it as `Authorization: Bearer`.",
    ),
}).prefault({});

const ANONYMOUS = "anonymous";

/** Names who calls, from the request's headers. Throws `unauthenticated`. */
export type Authenticate = (headers: Headers) => Promise<string> | string;

/** Without a key everybody is `anonymous`. */
export function createAuthenticate(apiKey: string | undefined): Authenticate {
  if (apiKey === undefined) return () => ANONYMOUS;
  const expected = digest(apiKey);
  return async (headers) => {
    const offered = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    if (offered === undefined) {
      throw refuse('No API key in the request; send it as "Authorization: Bearer KEY"');
    }
    if (!isEqual(await digest(offered), await expected)) {
      throw refuse("The API key is not valid here");
    }
    return "default";
  };
}

function refuse(message: string): GatewayError {
  return new GatewayError("unauthenticated", message, { code: "invalid_api_key" });
}

/** Digests have one length, and what matches of them says nothing about what matches of the keys. */
async function digest(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}
