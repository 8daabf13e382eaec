/** The addresses of an API, of what people write of them. */

import { normalizeBaseUrl, withoutEndpoint } from "../account/base_url.ts";

export interface WrittenAddress {
  /** May have an endpoint at its end, which is understood, and a query, which every request keeps. */
  readonly baseUrl: string;
  /** Where the API lies below a bare host; `/v1` by default. */
  readonly root?: string | undefined;
  /** What follows the address in place of `/v1`, whatever it has; may be empty. */
  readonly apiPath?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

export interface ApiAddress {
  /** Without a slash at its end, without a query. */
  readonly baseUrl: string;
  /** The address of what lies at a path below it, with what every request has in its query. */
  urlOf(pathAndQuery: string): URL;
  /** The same beside it, below the host. */
  urlAtOrigin(pathAndQuery: string): URL;
}

export function addressOf({ baseUrl, root, apiPath, query = {} }: WrittenAddress): ApiAddress {
  const base = apiPath === undefined
    ? normalizeBaseUrl(baseUrl, root)
    : withApiPath(withoutEndpoint(baseUrl), apiPath);
  const fixed = [...new URL(baseUrl).searchParams, ...Object.entries(query)];
  const complete = (url: URL): URL => {
    // What the request itself says of a name wins.
    for (const [name, value] of fixed) {
      if (!url.searchParams.has(name)) url.searchParams.append(name, value);
    }
    return url;
  };
  return {
    baseUrl: base,
    urlOf: (pathAndQuery) => complete(new URL(base + pathAndQuery)),
    urlAtOrigin: (pathAndQuery) => complete(new URL(new URL(base).origin + pathAndQuery)),
  };
}

function withApiPath(address: string, apiPath: string): string {
  const path = apiPath.replace(/\/+$/, "");
  return path === "" || address.endsWith(path) ? address : address + path;
}
