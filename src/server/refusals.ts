/**
 * What a request is refused with before anybody is asked to answer it.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";

/** Two readers could understand it differently; `detail` is a sentence about the request, with "it". */
export function malformedRequest(detail: string): GatewayError {
  return refusal(
    400,
    "malformed_request",
    `The request cannot be read: ${detail}; send it as HTTP/1.1 has it`,
  );
}

export function headTooLarge(maxBytes: number): GatewayError {
  return refusal(
    431,
    "head_too_large",
    `The request's head is longer than ${maxBytes} bytes; send fewer or shorter headers`,
  );
}

export function tooManyFields(maxFields: number): GatewayError {
  return refusal(
    431,
    "too_many_headers",
    `The request has more than ${maxFields} header fields; send fewer`,
  );
}

export function targetTooLong(maxBytes: number): GatewayError {
  return refusal(
    414,
    "url_too_long",
    `The address is longer than ${maxBytes} characters; send a shorter one`,
  );
}

export function invalidHost(): GatewayError {
  return refusal(
    400,
    "invalid_host",
    "The Host is not a host, or not the one of the address; send it once, without a path or a user",
  );
}

export function invalidPath(): GatewayError {
  return refusal(
    400,
    "invalid_path",
    "The address has characters that must be escaped, such as a space, a backslash or a fragment",
  );
}

export function invalidLength(): GatewayError {
  return refusal(400, "invalid_content_length", "The Content-Length is not one number");
}

export function invalidMethod(): GatewayError {
  return refusal(501, "invalid_method", "There is no method of this length");
}

export function versionNotSupported(): GatewayError {
  return refusal(
    505,
    "http_version_not_supported",
    "Only HTTP/1.1 and HTTP/1.0 are spoken here; put a proxy in front for other versions",
  );
}

export function methodNotImplemented(method: string): GatewayError {
  return refusal(501, "method_not_implemented", `The method ${method} is not implemented`);
}

export function codingNotImplemented(): GatewayError {
  return refusal(
    501,
    "invalid_transfer_encoding",
    "The only Transfer-Encoding here is chunked; send the body without another",
  );
}

export function expectationFailed(): GatewayError {
  return refusal(417, "expectation_failed", "The only expectation that is met is 100-continue");
}

export function headIsLate(timeoutMs: number): GatewayError {
  return new GatewayError(
    "request_timeout",
    `The request's head did not arrive within ${timeoutMs} ms`,
    { code: "head_timeout" },
  );
}

export function tooManyConnections(): GatewayError {
  return new GatewayError("overloaded", "Too many connections are open; try again later", {
    code: "too_many_connections",
  });
}

export function addressHasTooManyConnections(): GatewayError {
  return new GatewayError(
    "overloaded",
    "Your address has too many connections open; close some, or use them again",
    { code: "too_many_connections" },
  );
}

function refusal(status: number, code: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { status, code });
}
