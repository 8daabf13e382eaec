/** What calls are summed up by besides, as their requests say it. */

import type { HeaderReader } from "../core/provider/transport.ts";
import { isJsonObject, type JsonObject } from "../core/text/json.ts";

export type Tags = Readonly<Record<string, string>>;

/** Where the value of each tag stands: the name of a header, or `metadata.NAME`. */
export type TagSources = Readonly<Record<string, string>>;

const MEMBER = "metadata.";
const MAX_CHARACTERS = 200;

/** `undefined` where no tag stands in a header. */
export function createReadHeaderTags(
  sources: TagSources,
): ((headers: HeaderReader) => Tags) | undefined {
  const named = Object.entries(sources).filter(([, source]) => !source.startsWith(MEMBER));
  if (named.length === 0) return undefined;
  return (headers) => tagsOf(named.map(([tag, header]) => [tag, headers.get(header)]));
}

/** `undefined` where no tag stands in a body. */
export function createReadBodyTags(
  sources: TagSources,
): ((body: JsonObject) => Tags) | undefined {
  const named = Object.entries(sources).filter(([, source]) => source.startsWith(MEMBER))
    .map(([tag, source]) => [tag, source.slice(MEMBER.length)] as const);
  if (named.length === 0) return undefined;
  return ({ metadata }) => {
    if (!isJsonObject(metadata)) return {};
    return tagsOf(named.map(([tag, member]) => [tag, metadata[member]]));
  };
}

function tagsOf(found: readonly (readonly [tag: string, value: unknown])[]): Tags {
  const tags: Record<string, string> = {};
  for (const [tag, value] of found) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (value !== "") tags[tag] = String(value).slice(0, MAX_CHARACTERS);
  }
  return tags;
}
