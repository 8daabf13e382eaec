/** Whether requests arrived as they were sent: body, query, and the headers that a version reads. */

import { assert, assertEquals } from "@std/assert";
import type { StandInRequest } from "./providers/stand_in.ts";
import type { PassedRequest } from "./recording_proxy.ts";

/**
 * Compares every POST that was sent with the one that arrived in its place.
 *
 * Requests that run at the same time may arrive in another order, so each is looked for by its body.
 */
export function assertUntouched(
  sent: readonly PassedRequest[],
  arrived: readonly StandInRequest[],
): void {
  const posts = sent.filter(({ method }) => method === "POST");
  const rest = arrived.filter(({ method }) => method === "POST");
  assertEquals(rest.length, posts.length, "As many requests must arrive as are sent");
  for (const { path, headers, body } of posts) {
    const at = rest.findIndex((request) =>
      request.path === path && isSame(request.body, body) &&
      isSame(versionHeaders(request.headers), versionHeaders(headers))
    );
    assert(at >= 0, explain(path, headers, body, rest));
    rest.splice(at, 1);
  }
}

function explain(
  path: string,
  headers: Headers,
  body: Uint8Array,
  rest: readonly StandInRequest[],
): string {
  const sameBody = rest.find((request) => isSame(request.body, body));
  if (sameBody === undefined) return `No request arrived with the ${body.length} bytes for ${path}`;
  return `Sent: ${path} ${JSON.stringify(versionHeaders(headers))}\n` +
    `Arrived: ${sameBody.path} ${JSON.stringify(versionHeaders(sameBody.headers))}`;
}

function versionHeaders(headers: Headers): string[] {
  return [...headers].filter(([name]) => name.startsWith("anthropic-"))
    .map(([name, value]) => `${name}: ${value}`);
}

function isSame(left: ArrayLike<unknown>, right: ArrayLike<unknown>): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
