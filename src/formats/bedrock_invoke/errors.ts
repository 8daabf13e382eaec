/** Failures in the words of Bedrock: names of exceptions, in a header or in a frame. */

import type { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { errorEvent } from "../anthropic_messages/errors.ts";

const DEFAULT_EXCEPTION = "modelStreamErrorException";

/** Types of Messages, each with what Bedrock calls the same. */
const EXCEPTIONS: readonly (readonly [type: string, exception: string])[] = [
  ["invalid_request_error", "validationException"],
  ["request_too_large", "validationException"],
  ["authentication_error", "accessDeniedException"],
  ["permission_error", "accessDeniedException"],
  ["billing_error", "accessDeniedException"],
  ["not_found_error", "resourceNotFoundException"],
  ["rate_limit_error", "throttlingException"],
  ["overloaded_error", "serviceUnavailableException"],
  ["timeout_error", "modelTimeoutException"],
  ["api_error", "internalServerException"],
];

/** The body of a failed call, whose words are those that Claude Code acts on. */
export function encodeInvokeError(error: GatewayError): JsonObject {
  return { message: wordsOf(errorEvent(error)).message };
}

/** What AWS's clients know a failed call by. */
export function exceptionOf(error: GatewayError): string {
  const name = exceptionOfType(wordsOf(errorEvent(error)).type);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The `error` event of a stream of Messages, as an exception. */
export function exceptionOfEvent(data: string): {
  readonly exception: string;
  readonly message: string;
} {
  const { type, message } = wordsOf(parseJsonObject(data) ?? {});
  return { exception: exceptionOfType(type), message };
}

/** The event of Messages that an exception is. */
export function eventOfException(exception: string, message: string): string {
  const name = exception.charAt(0).toLowerCase() + exception.slice(1);
  const type = EXCEPTIONS.find((row) => row[1] === name)?.[0] ?? "api_error";
  return JSON.stringify({ type: "error", error: { type, message } });
}

function exceptionOfType(type: string): string {
  return EXCEPTIONS.find((row) => row[0] === type)?.[1] ?? DEFAULT_EXCEPTION;
}

function wordsOf({ error }: JsonObject): { readonly type: string; readonly message: string } {
  const { type, message } = isJsonObject(error) ? error : {};
  return {
    type: typeof type === "string" ? type : "",
    message: typeof message === "string" ? message : "The answer broke off",
  };
}
