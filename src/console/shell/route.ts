/** Which page is shown: the part of the address behind `#`, so that it can be kept and shared. */

import { signal } from "@preact/signals";

export interface Route {
  /** `calls` of `#/calls/ID?model=x`. */
  readonly page: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

export const route = signal<Route>(readRoute());

function readRoute(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", id] = path.split("/", 2);
  return { page, id: id && decode(id), query: new URLSearchParams(query) };
}

/** A broken escape stands for itself. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What a link to a page has as its address. */
export function linkTo(page: string, id?: string): string {
  return `#/${page}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;
}

/** Changes the query of the page that is shown, in place. */
export function setQuery(query: URLSearchParams): void {
  const { page, id } = route.value;
  const text = query.toString();
  history.replaceState(null, "", linkTo(page, id) + (text === "" ? "" : `?${text}`));
  route.value = readRoute();
}

addEventListener("hashchange", () => {
  route.value = readRoute();
});
