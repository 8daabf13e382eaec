/** Refuses requests whose head means one thing here and may mean another to whoever passed it on. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http.ts";
import { namesOneHost } from "../../core/request_host.ts";

/** Longest target of a request; RFC 9110 asks for 8000 at least. */
const MAX_TARGET_CHARACTERS = 8_192;

const MAX_METHOD_CHARACTERS = 32;

/** Throws `invalid_request`. How many headers there may be and how long is the server's to bound. */
export function checkRequest(request: HttpRequest): void {
  const { method, target, headers } = request;
  if (target.length > MAX_TARGET_CHARACTERS) {
    throw new GatewayError(
      "invalid_request",
      `The address is longer than ${MAX_TARGET_CHARACTERS} characters`,
      { status: 414, code: "url_too_long" },
    );
  }
  if (method.length > MAX_METHOD_CHARACTERS) {
    throw new GatewayError("invalid_request", "There is no method of this length", {
      status: 501,
      code: "invalid_method",
    });
  }
  checkHost(request);
  const length = headers.get("content-length");
  // The server lets a repeated length pass, which is no number any more and so within every bound.
  if (length !== null && !/^[0-9]{1,15}$/.test(length)) {
    throw new GatewayError("invalid_request", "The Content-Length is not one number", {
      code: "invalid_content_length",
    });
  }
  const coding = headers.get("transfer-encoding");
  // Any other coding is left in the body, and would be passed on without a word of it.
  if (coding !== null && coding.toLowerCase() !== "chunked") {
    throw new GatewayError("invalid_request", "The only Transfer-Encoding here is chunked", {
      status: 501,
      code: "invalid_transfer_encoding",
    });
  }
}

/** Throws `invalid_request`; judged before a path is looked at, which another host could have chosen. */
export function checkHost(request: Pick<HttpRequest, "host">): void {
  if (namesOneHost(request)) return;
  throw new GatewayError(
    "invalid_request",
    "The Host is not a host, or not the one of the address; send it once, without a path or a user",
    { code: "invalid_host" },
  );
}
