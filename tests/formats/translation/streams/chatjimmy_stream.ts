/** Chatjimmy's answers: a text, and statistics behind it. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Bytes, textOf, toBytes } from "./frames.ts";

/** Without statistics it is nothing at all, as where the prompt is too long. */
export function toChatjimmyStream({ text, stats }: JsonObject): Bytes {
  if (stats === null) return toBytes("");
  return toBytes(`${textOf(text)}<|stats|>${JSON.stringify(stats)}<|/stats|>`);
}
