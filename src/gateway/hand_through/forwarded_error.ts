/** Reads the error of a request that was handed through, which goes on as it came unless it shows a secret. */

import type { AnswerHeaders } from "../../core/http/answer_headers.ts";
import { readBodyText } from "../../bytes/json/body_text.ts";
import { readBody } from "../../bytes/read_whole.ts";
import { GatewayError, HANDED_THROUGH } from "../../core/gateway_error.ts";
import { type Redactor, redactText } from "../../core/text/redactor.ts";
import type { Clock } from "../../core/clock.ts";
import type { Provider } from "../../core/provider/provider.ts";
import type { ByteSource, ProviderResponse } from "../../core/provider/transport.ts";
import {
  faultOptions,
  parseErrorBody,
  retryHints,
  wordsOptions,
} from "../relay/provider_answer.ts";
import { firstFormat } from "../tries/sending/choose_format.ts";

interface ForwardedError {
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

export interface ErrorAnswer {
  readonly provider: Provider;
  readonly response: ProviderResponse;
  /** Its body, as it is to be read; `undefined` where it has none. */
  readonly source: ByteSource | undefined;
  /** Of the answer for the client. */
  readonly headers: AnswerHeaders;
  readonly maxErrorBytes: number;
  readonly redactor: Redactor;
  readonly clock: Clock;
}

/** What an answer with an error status says, with the answer itself. */
export async function answeredError(
  { provider, response, source, headers, maxErrorBytes, redactor, clock }: ErrorAnswer,
): Promise<GatewayError> {
  const { status } = response;
  const contentType = headers.get("content-type");
  let body: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  if (source !== undefined) {
    const { bytes, isRedacted } = await readForwardedError(
      source,
      contentType,
      maxErrorBytes,
      redactor,
    );
    body = bytes;
    if (headers.has("content-length")) headers.set("content-length", String(bytes.length));
    if (isRedacted && contentType !== null) {
      headers.set("content-type", contentType.replace(/;\s*charset\s*=.*/i, "; charset=utf-8"));
    }
  }
  const json = parseErrorBody(new TextDecoder().decode(body));
  const fault = json && firstFormat(provider).faultOf(json);
  return new GatewayError(
    "upstream_error",
    fault?.message ?? `The upstream answered with status ${status}`,
    {
      ...faultOptions(fault, redactor.forClient),
      ...wordsOptions(fault),
      ...retryHints(status, response.headers, json, { provider, epochMs: clock.epochMs() }),
      status,
      answer: { status, headers: [...headers], format: HANDED_THROUGH, body },
    },
  );
}
