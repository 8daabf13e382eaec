import { withoutQueryKeys } from "../core/query_credentials.ts";

/** The path of a URL as it was sent, neither decoded nor normalised: ids may hold an encoded slash. */
export function rawPath(url: string): string {
  const target = targetOf(url);
  const query = target.indexOf("?");
  return query < 0 ? target : target.slice(0, query);
}

/** The path and the query of a URL as they were sent, but for API keys: those are for Weir alone. */
export function pathAndQueryOf(url: string): string {
  return withoutQueryKeys(targetOf(url));
}

function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start < 0 ? "/" : url.slice(start);
}
