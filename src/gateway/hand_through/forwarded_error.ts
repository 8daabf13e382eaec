/** Reads the error of a forwarded request, which is handed on as it came unless it shows a secret. */

import { readBodyText } from "../../bytes/body_text.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { parseAnswerObject } from "../../core/json.ts";
import { type Redactor, redactText } from "../../core/redactor.ts";
import type { ByteSource } from "../../core/transport.ts";
import type { Provider } from "../../core/provider.ts";
import { readBody } from "../../bytes/read_whole.ts";
import { firstFormat } from "../tries/choose_format.ts";

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

/** What an error that is handed through says. */
export function answeredError(
  provider: Provider,
  status: number,
  body: Uint8Array<ArrayBuffer>,
): GatewayError {
  const json = parseAnswerObject(new TextDecoder().decode(body));
  const { message, code, type } = (json && firstFormat(provider).faultOf(json)) ?? {};
  return new GatewayError(
    "upstream_error",
    message ?? `The upstream answered with status ${status}`,
    {
      status,
      ...(code === undefined ? {} : { code }),
      ...(type === undefined ? {} : { type }),
    },
  );
}
