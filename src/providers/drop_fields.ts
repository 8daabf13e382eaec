/** Takes fields out of a request that its provider would refuse. */

import { isJsonObject, type JsonObject } from "../core/text/json.ts";

/**
 * The body without the fields at `paths`, dotted below the top level; the same object where it has
 * none of them.
 */
export function dropFields(body: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((rest, path) => drop(rest, path.split(".")), body);
}

function drop(body: JsonObject, [name = "", ...below]: readonly string[]): JsonObject {
  if (!Object.hasOwn(body, name)) return body;
  const { [name]: value, ...rest } = body;
  if (below.length === 0) return rest;
  if (!isJsonObject(value)) return body;
  const inner = drop(value, below);
  return inner === value ? body : { ...body, [name]: inner };
}
