/** Reads the error of a forwarded request, which is handed on as it came unless it shows a secret. */

import { type Redactor, redactText } from "../core/redactor.ts";
import type { ByteSource } from "../core/transport.ts";
import { readBody } from "./read_body.ts";

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
