import type { RequestFacts } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";

export function facts(_body: JsonObject): RequestFacts {
  throw new Error("Not here yet");
}
