/** Envelopes and ids that are authenticated with the secret of the installation. */

import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { ENVELOPE_PREFIX, type Envelopes, type OwnedIds } from "../core/envelope.ts";
import { hmacSha256 } from "../core/hmac_sha256.ts";

const MAC_BYTES = 16;

const ID_RANDOM_BYTES = 12;
const ID_MAC_BYTES = 12;
const OWNED_ID = /^[0-9a-f]{48}$/;

type Sealed = readonly [
  text: string,
  format: string,
  provider: string | null,
  model: string | null,
];

/** @param secret Of the installation: whoever has the same opens what another process sealed. */
export function createEnvelopes(secret: Uint8Array): Envelopes {
  const mac = macOf(secret, "envelope", MAC_BYTES);
  return {
    seal: (text, { format, provider, model }) => {
      const payload = Buffer.from(JSON.stringify([text, format, provider, model]));
      return ENVELOPE_PREFIX + Buffer.concat([mac(payload), payload]).toString("base64url");
    },
    open: (envelope) => {
      if (!envelope.startsWith(ENVELOPE_PREFIX)) return undefined;
      const bytes = Buffer.from(envelope.slice(ENVELOPE_PREFIX.length), "base64url");
      const payload = bytes.subarray(MAC_BYTES);
      if (!isSame(bytes.subarray(0, MAC_BYTES), mac(payload))) return undefined;
      // Whatever is authentic was written above.
      const [text, format, provider, model] = JSON.parse(payload.toString()) as Sealed;
      return {
        text,
        issuer: {
          format,
          ...(provider !== null && { provider }),
          ...(model !== null && { model }),
        },
      };
    },
  };
}

/** @param randomBytes Fills bytes that nobody can foretell. */
export function createOwnedIds(
  secret: Uint8Array,
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): OwnedIds {
  const mac = macOf(secret, "owned id", ID_MAC_BYTES);
  return {
    make: (owner) => {
      const random = Buffer.alloc(ID_RANDOM_BYTES);
      randomBytes(random);
      return Buffer.concat([random, mac(Buffer.from(owner), random)]).toString("hex");
    },
    isOf: (owner, id) => {
      if (!OWNED_ID.test(id)) return false;
      const bytes = Buffer.from(id, "hex");
      const random = bytes.subarray(0, ID_RANDOM_BYTES);
      return isSame(bytes.subarray(ID_RANDOM_BYTES), mac(Buffer.from(owner), random));
    },
  };
}

/** Each use has a key of its own. Of several pieces none can run into the next. */
function macOf(
  secret: Uint8Array,
  use: string,
  bytes: number,
): (...pieces: readonly Uint8Array[]) => Buffer {
  const key = hmacSha256(secret, `weir ${use}`);
  return (...pieces) => {
    const text = pieces.flatMap((piece) => [`${piece.length}:`, piece]);
    return hmacSha256(key, ...text).subarray(0, bytes);
  };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
