/** Requests as browsers send them for the pages that they show. */

import type { Program } from "../../support/program.ts";

/** The origin that tests let in, and one that they do not. */
export const PAGE = "https://app.example";
export const OTHER = "https://other.example";
/** What OpenAI's SDK adds to a request, and more. */
export const SDK_HEADERS = "authorization,content-type,x-stainless-arch,x-stainless-retry-count";

/** A request as a page of `origin` sends it; its body is read and thrown away. */
export async function send(
  weir: Program,
  path: string,
  origin: string | undefined,
  init: RequestInit & { readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { ...init.headers, ...(origin === undefined ? {} : { origin }) };
  const response = await fetch(weir.url + path, { redirect: "manual", ...init, headers });
  await response.body?.cancel();
  return response;
}

/** What a browser asks before a page may send what SDKs send. */
export function preflight(
  weir: Program,
  path: string,
  origin: string,
  headers = {},
): Promise<Response> {
  return send(weir, path, origin, {
    method: "OPTIONS",
    headers: {
      "access-control-request-method": "POST",
      "access-control-request-headers": SDK_HEADERS,
      ...headers,
    },
  });
}

/** What `fetch` needs for a chat. */
export function chat(
  prompt: string,
  fields = {},
): { method: string; headers: Record<string, string>; body: string } {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }], ...fields }),
  };
}

/** Names of the headers by which an answer speaks to the browser of a page. */
export function corsHeadersOf({ headers }: Response): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith("access-control-"));
}
