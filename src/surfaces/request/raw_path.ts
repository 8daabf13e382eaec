import { withoutQueryKeys } from "../../core/query_credentials.ts";

/**
 * The path of a URL, neither decoded nor normalised, since ids may hold an encoded slash; but slashes that
 * follow one another mean one, because base URLs that end in a slash make `/v1//models`.
 *
 * Everything that judges a path reads it here, so that all of it judges the same one.
 */
export function rawPath(url: string): string {
  return joinSlashes(sentPath(url));
}

/** The path of a URL with every slash that was sent. */
export function sentPath(url: string): string {
  const target = targetOf(url);
  return target.slice(0, endOfPath(target));
}

/**
 * The query of a URL as it was sent, with its question mark, but for API keys: those are for Weir alone. Empty
 * where there is none.
 */
export function rawQuery(url: string): string {
  const target = targetOf(url);
  return withoutQueryKeys(target.slice(endOfPath(target)));
}

/** Without empty segments. */
export function joinSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start < 0 ? "/" : url.slice(start);
}

function endOfPath(target: string): number {
  const query = target.indexOf("?");
  return query < 0 ? target.length : query;
}
