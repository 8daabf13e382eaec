/** Keys as AWS's services write them in JSON. */

import type { JsonObject } from "../../core/text/json.ts";
import type { Issued } from "../renewed.ts";
import type { AwsKeys } from "./sigv4.ts";

/** Throws where they are not in it. */
export function readKeys(body: JsonObject, issuer: string): Issued<AwsKeys> {
  const { AccessKeyId, SecretAccessKey, Token, SessionToken = Token, Expiration, Code } = body;
  if (typeof Code === "string" && Code !== "Success") throw new Error(`${issuer} said ${Code}`);
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw new Error(`${issuer} answered without keys`);
  }
  const expiresMs = typeof Expiration === "string" ? Date.parse(Expiration) : NaN;
  return {
    value: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(typeof SessionToken === "string" && { sessionToken: SessionToken }),
    },
    expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs,
  };
}
