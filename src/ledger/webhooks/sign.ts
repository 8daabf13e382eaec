/** Signs messages as Standard Webhooks has it, so that any of its libraries can check them. */

import { Buffer } from "node:buffer";
import { hmacSha256 } from "../../core/hmac_sha256.ts";
import type { HeaderList } from "../../core/provider/transport.ts";

const PREFIX = "whsec_";

/**
 * The headers of a message.
 *
 * @param id The same each time that it is sent.
 * @param atSeconds When it is sent, since the Unix epoch.
 * @see {@link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md}
 */
export function signedHeaders(
  secret: string,
  id: string,
  atSeconds: number,
  body: string,
): HeaderList {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = hmacSha256(key, `${id}.${atSeconds}.${body}`).toString("base64");
  return [
    ["webhook-id", id],
    ["webhook-timestamp", String(atSeconds)],
    ["webhook-signature", `v1,${signature}`],
  ];
}
