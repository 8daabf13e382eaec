/**
 * What OpenRouter answers below the path of its models and the catalog does not have, handed through to it:
 * how many there are, those of the account, who serves one. Its lists link to it.
 *
 * @module
 */

import type { Surface } from "../../surface.ts";
import { MODELS_PATH, withoutSlash } from "./service_path.ts";

/**
 * @param service Whose limits and errors hold.
 * @param passthrough Hands requests through to the upstream.
 * @param modelPaths Those of the upstream.
 */
export function modelPathsSurface(
  service: Surface,
  passthrough: Surface,
  modelPaths: RegExp,
): Surface {
  return {
    takes: ({ method }, path) =>
      (method === "GET" || method === "HEAD") && path.startsWith(`${MODELS_PATH}/`) &&
      modelPaths.test(withoutSlash(path.slice(MODELS_PATH.length))),
    limitsOf: service.limitsOf,
    errorResponse: service.errorResponse,
    fetch: passthrough.fetch,
  };
}
