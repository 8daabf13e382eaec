import { withoutQueryKeys } from "../../core/text/query_credentials.ts";

/**
 * The path of a target, neither decoded nor normalised, since ids may hold an encoded slash; but slashes that
 * follow one another mean one, because base URLs that end in a slash make `/v1//models`.
 *
 * Everything that judges a path reads it here, so that all of it judges the same one.
 */
export function rawPath(target: string): string {
  return joinSlashes(sentPath(target));
}

/** The path of a target with every slash that was sent. */
export function sentPath(target: string): string {
  return target.slice(0, endOfPath(target));
}

/**
 * The query of a target as it was sent, with its question mark, but for API keys: those are for Weir alone. Empty
 * where there is none.
 */
export function rawQuery(target: string): string {
  return withoutQueryKeys(target.slice(endOfPath(target)));
}

/** Without empty segments. */
export function joinSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

function endOfPath(target: string): number {
  const query = target.indexOf("?");
  return query < 0 ? target.length : query;
}
