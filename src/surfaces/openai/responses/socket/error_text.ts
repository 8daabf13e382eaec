/** A failure as a message, which its clients treat as an answer with that status. */

import type { ErrorFormat } from "../../../../core/format.ts";
import type { GatewayError } from "../../../../core/gateway_error.ts";
import { parseJsonObject } from "../../../../core/text/json.ts";
import { retryAfterOf, statusOfOwn } from "../../../error_answer.ts";

export function errorText(error: GatewayError, format: ErrorFormat, requestId: string): string {
  const { answer, retryAfterMs } = error;
  const own = answer?.format === format.name
    ? parseJsonObject(new TextDecoder().decode(answer.body))
    : undefined;
  const body = own ?? format.encode(error, requestId);
  const status = own === undefined || answer === undefined
    ? format.statusOf?.(error) ?? error.status
    : statusOfOwn(error, answer, format);
  return JSON.stringify({
    type: "error",
    status,
    error: body["error"] ?? body,
    ...(retryAfterMs !== undefined && {
      headers: { "retry-after": retryAfterOf(retryAfterMs) },
    }),
  });
}
