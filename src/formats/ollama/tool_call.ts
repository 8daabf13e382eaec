/** Calls of tools, in requests and in answers. */

import type { JsonObject } from "../../core/text/json.ts";

/** Arguments are an object in both directions (T104); an id is told where there is one. */
export function encodeCall(
  { callId, name, index, input }: {
    readonly callId: string;
    readonly name: string;
    readonly index: number;
    readonly input: JsonObject;
  },
): JsonObject {
  return { ...(callId !== "" && { id: callId }), function: { index, name, arguments: input } };
}
