/** Whether an answer is to show the reasoning. */

import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";

export function wantsSummary({ reasoning }: JsonObject): boolean {
  if (!isJsonObject(reasoning)) return false;
  const { summary = null, generate_summary: old = null } = reasoning;
  const wish = summary ?? old;
  return typeof wish === "string" && wish !== "none";
}
