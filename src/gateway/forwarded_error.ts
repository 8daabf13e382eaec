/** Reads the error of a forwarded request, which is handed on as it came unless it shows a secret. */

import { readBodyText } from "../core/body_text.ts";
import { type Redactor, redactText } from "../core/redactor.ts";
import type { ByteSource } from "../core/transport.ts";
import { readBody } from "./read_body.ts";

export interface ForwardedError {
  /** Its body for the client; what is beyond the bound is cut off. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** It was written anew, in UTF-8. */
  readonly isRedacted: boolean;
}

export async function readForwardedError(
  source: ByteSource,
  contentType: string | null,
  maxBytes: number,
  { forClient }: Redactor,
): Promise<ForwardedError> {
  const { bytes } = await readBody(source, maxBytes);
  for (const text of readBodyText(bytes, contentType).readings) {
    const shown = redactText(text, forClient);
    if (shown !== text) return { bytes: new TextEncoder().encode(shown), isRedacted: true };
  }
  return { bytes, isRedacted: false };
}
