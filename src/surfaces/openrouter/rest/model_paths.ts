/**
 * What OpenRouter answers below the path of its models and the catalog does not have, handed through to it:
 * how many there are, those of the account, who serves one. Its lists link to it.
 *
 * @module
 */

import type { PathRow } from "../../path_table.ts";
import type { Surface } from "../../surface.ts";
import { MODELS, SERVICE_BASE, withoutSlash } from "./service_path.ts";

/**
 * @param service Whose limits and errors hold.
 * @param passthrough Hands requests through to the upstream.
 * @param modelPaths Those of the upstream.
 */
export function modelPathsRow(
  service: Surface,
  passthrough: Surface,
  modelPaths: RegExp,
): PathRow {
  return {
    surface: { ...service, answer: passthrough.answer },
    bases: [SERVICE_BASE],
    takes: (endpoint, { method }) =>
      (method === "GET" || method === "HEAD") && endpoint.startsWith(`${MODELS}/`) &&
      modelPaths.test(withoutSlash(endpoint.slice(MODELS.length))),
  };
}
