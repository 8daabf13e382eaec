/** Models' names as parts of an address, where it is the address that names the model. */

import { GatewayError } from "../../core/gateway_error.ts";

/** What divides a path, also as some reader may decode it. */
const SEPARATOR = /[/\\]|%(?:25)*(?:2f|5c)/i;
/** Also with parameters, which some servers take off before they walk the path. */
const DOT_SEGMENT = /^\.{1,2}(?:;|$)/;
const ESCAPED_DOT = /%(?:25)*2e/gi;

/** The whole name as one segment. Throws as `checkModelName` does. */
export function modelSegment(model: string): string {
  checkModelName(model);
  return encodeURIComponent(model);
}

/** The segments of a name that is a path itself. Throws as `checkModelName` does. */
export function modelSegments(model: string): string {
  checkModelName(model);
  return model.split("/").map(encodeURIComponent).join("/");
}

/**
 * Names are the caller's, who may be kept to some of them: none may lead to another address of the provider.
 *
 * Throws `invalid_request`.
 */
function checkModelName(model: string): void {
  const segments = model.replace(ESCAPED_DOT, ".").split(SEPARATOR);
  // deno-lint-ignore no-control-regex -- They are what is looked for.
  const isText = model.isWellFormed() && !/[\x00-\x1f\x7f]/.test(model);
  if (isText && !segments.some((segment) => DOT_SEGMENT.test(segment))) return;
  throw new GatewayError(
    "invalid_request",
    "The model's name has dot segments or control characters, which are no part of any",
    { code: "invalid_model_name", param: "model" },
  );
}
