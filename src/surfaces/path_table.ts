/**
 * Which surface answers a request: one table of paths, in which each request is looked up once.
 *
 * @module
 */

import type { HttpRequest } from "../core/http/http.ts";
import { joinSlashes, rawPath } from "./request/raw_path.ts";
import type { Place, Surface } from "./surface.ts";

/** A line of the table. Of those that take a request, the first that names its endpoint answers, else the first. */
export interface PathRow {
  readonly surface: Surface;
  /** What clients are given as base URL; empty is one without a path. */
  readonly bases: readonly string[];
  /** Endpoints by name, each with a slash at its start; one more at the end of a path means the same. */
  readonly endpoints?: readonly string[];
  /** Names count in whatever spelling they have: `%73` for `s`, in any case, with slashes too many. */
  readonly isAnySpelling?: boolean;
  /** What else below the bases is taken. The endpoint is as it was sent. */
  readonly takes?: (endpoint: string, request: HttpRequest, base: string) => boolean;
  /** What keeps a request from the names. */
  readonly when?: (request: HttpRequest, base: string) => boolean;
}

export interface FoundSurface {
  readonly surface: Surface;
  readonly place: Place;
}

interface NamedPlace {
  readonly row: PathRow;
  readonly base: string;
  readonly endpoint: string;
}

export class PathTable {
  readonly #rows: readonly PathRow[];
  readonly #rest: Surface;
  readonly #named: ReadonlyMap<string, readonly NamedPlace[]>;
  /** In lower case. */
  readonly #spelt: ReadonlyMap<string, readonly NamedPlace[]>;

  /** @param rest Answers what no row takes. */
  constructor(rows: readonly PathRow[], rest: Surface) {
    this.#rows = rows.map((row) => ({
      ...row,
      bases: row.bases.toSorted((left, right) => right.length - left.length),
    }));
    this.#rest = rest;
    const places = this.#rows.flatMap((row) =>
      row.bases.flatMap((base) =>
        (row.endpoints ?? []).map((endpoint) => ({ row, base, endpoint }))
      )
    );
    this.#named = Map.groupBy(places, ({ base, endpoint }) => base + endpoint);
    this.#spelt = Map.groupBy(
      places.filter(({ row }) => row.isAnySpelling),
      ({ base, endpoint }) => (base + endpoint).toLowerCase(),
    );
  }

  find(request: HttpRequest): FoundSurface {
    const path = rawPath(request.target);
    const named = find(this.#named.get(path), request) ??
      (path.endsWith("/") ? find(this.#named.get(path.slice(0, -1)), request) : undefined) ??
      find(this.#spelt.get(meantPath(path)), request);
    if (named === undefined) return this.#findBelow(path, request);
    const { row: { surface }, base, endpoint } = named;
    return { surface, place: { path, base, endpoint } };
  }

  #findBelow(path: string, request: HttpRequest): FoundSurface {
    for (const { bases, takes, surface } of this.#rows) {
      if (takes === undefined) continue;
      const base = bases.find((candidate) => isBelow(path, candidate));
      if (base === undefined) continue;
      const endpoint = path.slice(base.length);
      if (takes(endpoint, request, base)) return { surface, place: { path, base, endpoint } };
    }
    return { surface: this.#rest, place: { path, base: "", endpoint: path } };
  }
}

function find(
  places: readonly NamedPlace[] | undefined,
  request: HttpRequest,
): NamedPlace | undefined {
  return places?.find(({ row, base }) => row.when?.(request, base) ?? true);
}

function isBelow(path: string, base: string): boolean {
  return path.startsWith(base) && (path.length === base.length || path[base.length] === "/");
}

/**
 * A path as other servers understand it: handed through in such a spelling, a call would pass every limit
 * on calls.
 */
function meantPath(path: string): string {
  try {
    return joinSlashes(decodeURIComponent(path)).replace(/\/$/, "").toLowerCase();
  } catch {
    return path; // An escape that is none means nothing.
  }
}
