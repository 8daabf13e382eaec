/**
 * The least bound of the output that a target is asked for: some clients set one so small that every answer is cut
 * off, and let nobody change it (T110).
 *
 * @module
 */

import type { Call } from "../../../core/call.ts";
import type { RequestFormat } from "../../../core/format.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import type { Target } from "../../../core/provider/provider.ts";

export interface BoundedBody {
  /** The same body where nothing was raised. */
  readonly body: JsonObject;
  readonly warnings: readonly string[];
}

/** The body of a call with its bound raised to the target's least. One that names none has none to raise. */
export function raiseOutputBound(call: Call, { minOutputTokens }: Target): BoundedBody {
  const { body: { json: body }, operation, formats: { request } } = call;
  const hasOutput = operation === "chat" || operation === "completions";
  if (minOutputTokens === undefined || !hasOutput) return { body, warnings: [] };
  const raised = raise(body, request, minOutputTokens);
  if (raised === body) return { body, warnings: [] };
  const told = `The bound of the output is raised to ${minOutputTokens} tokens, ` +
    "the least that is configured for the model";
  return { body: raised, warnings: [told] };
}

function raise(body: JsonObject, { outputBounds = [] }: RequestFormat, least: number): JsonObject {
  return outputBounds.reduce<JsonObject>((raised, path) => raiseAt(raised, path, least), body);
}

function raiseAt(body: JsonObject, path: readonly string[], least: number): JsonObject {
  const [name, ...deeper] = path;
  if (name === undefined || !Object.hasOwn(body, name)) return body;
  const value = body[name];
  if (isJsonObject(value)) {
    const raised = raiseAt(value, deeper, least);
    return raised === value ? body : { ...body, [name]: raised };
  }
  // Ollama's -1 is no bound; 0 and less are for whoever reads the request to judge.
  const isBelow = deeper.length === 0 && typeof value === "number" && value > 0 && value < least;
  return isBelow ? { ...body, [name]: least } : body;
}
