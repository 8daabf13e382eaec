/** The name that a provider gave a request, by which its support finds it. */

import type { Redact } from "../../core/text/redactor.ts";
import type { HeaderReader } from "../../core/provider/transport.ts";

/** Headers that providers put it in; the first that is there has it. */
const HEADERS: readonly string[] = [
  "x-request-id",
  "request-id",
  "x-requestid",
  "apim-request-id",
  "x-amzn-requestid",
  "x-generation-id",
  "cf-ray",
];
/** What can stand in a header and in a line of the log as it is. */
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** `undefined` where the answer names none, or none that can be handed on. */
export function readProviderRequestId(headers: HeaderReader, redact: Redact): string | undefined {
  for (const name of HEADERS) {
    const value = headers.get(name);
    if (value !== null && REQUEST_ID.test(value)) return redact(value);
  }
  return undefined;
}
