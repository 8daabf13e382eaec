/** The request of a call that is handed through, for one target. */

import type { Call, HandThrough } from "../../core/call.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Provider, Target } from "../../core/provider/provider.ts";
import type { HeaderList, ProviderRequest } from "../../core/provider/transport.ts";

/** Headers that are true of the body as it came, and of no other. */
const BODY_SUMS: ReadonlySet<string> = new Set(["content-md5", "digest"]);

/** Without its body. Throws `not_found` where the target has no such API. */
export function handedRequest(
  call: Call,
  { method, pathAndQuery, isAtOrigin }: HandThrough,
  target: Target,
): ProviderRequest {
  const { provider } = target;
  const headers = headersFor(call, target);
  const described = provider.prepareForward({ id: call.id, method, pathAndQuery, headers });
  if (described === undefined) {
    throw new GatewayError(
      "not_found",
      `The upstream "${provider.name}" has nothing here; it serves chat only`,
      { code: "unknown_url" },
    );
  }
  const url = isAtOrigin ? new URL(described.url.origin + pathAndQuery) : described.url;
  const base = new URL(provider.target);
  // The path was checked; should that ever miss a way up, the way ends here.
  if (
    url.origin !== base.origin ||
    (!isAtOrigin && !url.pathname.startsWith(base.pathname.replace(/\/?$/, "/")))
  ) {
    throw new GatewayError("invalid_request", "The path leads out of the upstream's API", {
      code: "invalid_path",
    });
  }
  // What names its model in a body is written anew where that is opened.
  if (call.model !== target.model && url.searchParams.has("model")) {
    url.searchParams.set("model", target.model);
  }
  return { ...described, url };
}

function headersFor(
  { headers, native, model, formats }: Call,
  { provider, model: renamed }: Target,
): HeaderList {
  const crossing = renamed === model ? headers : headers.filter(([name]) => !BODY_SUMS.has(name));
  return native !== undefined && speaks(provider, formats.request.name)
    ? [...crossing, ...native.headers]
    : crossing;
}

function speaks({ formats }: Provider, name: string): boolean {
  return formats.chat?.some((format) => format.name === name) === true;
}
