/** Reads the error of a forwarded request, which is handed on as it came unless it shows a secret. */

import { GatewayError } from "../core/gateway_error.ts";
import { parseAnswerObject } from "../core/json.ts";
import { type Redactor, redactText } from "../core/redactor.ts";
import type { ByteSource } from "../core/transport.ts";
import type { Upstream } from "../core/upstream.ts";
import { readBody } from "./read_body.ts";
import { explainRefusedKey } from "./refused_key.ts";

/** Its body for the client; what is beyond the bound is cut off. */
export async function readForwardedError(
  source: ByteSource,
  maxBytes: number,
  { forClient }: Redactor,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await readBody(source, maxBytes);
  const text = new TextDecoder().decode(bytes);
  const shown = redactText(text, forClient);
  return shown === text ? bytes : new TextEncoder().encode(shown);
}

/** The error in place of one that is about the key that Weir has for the upstream. */
export function findRefusedKey(
  upstream: Upstream,
  status: number,
  body: Uint8Array<ArrayBuffer>,
): GatewayError | undefined {
  const json = parseAnswerObject(new TextDecoder().decode(body));
  const { message, code, type } = (json && upstream.dialect.faultOf(json)) ?? {};
  const error = new GatewayError("upstream_error", message ?? "no reason given", {
    status,
    ...(code === undefined ? {} : { code }),
    ...(type === undefined ? {} : { type }),
  });
  const explained = explainRefusedKey(error, upstream);
  return explained === error ? undefined : explained;
}
