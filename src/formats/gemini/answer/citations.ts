/**
 * What an answer was found by: pages of a search, and sources that a text was taken from.
 *
 * @module
 */

import type { Citation } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** The pages that a candidate names. */
export function citationsOf(candidate: JsonObject): readonly Citation[] {
  const grounding = objectOf(candidate["groundingMetadata"]);
  const sources = objectOf(candidate["citationMetadata"]);
  return [
    ...listOf(grounding["groundingChunks"]).flatMap((chunk) => {
      const { web, retrievedContext } = chunk;
      const page = isJsonObject(web) ? web : objectOf(retrievedContext);
      return citationOf(page, chunk);
    }),
    ...listOf(sources["citationSources"] ?? sources["citations"])
      .flatMap((source) => citationOf(source, source)),
  ];
}

function citationOf(page: JsonObject, native: JsonObject): readonly Citation[] {
  const { uri, title, text } = page;
  if (!isText(uri)) return [];
  return [{
    url: uri,
    ...(isText(title) && { title }),
    ...(isText(text) && { quote: text }),
    native: { format: NAME, value: native },
  }];
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
