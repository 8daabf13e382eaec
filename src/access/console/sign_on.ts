/** Users whom a proxy with single sign-on in front has let in, and names in a header. */

import type { AdminCaller, AdminOptions, FindAdmin } from "../admin_role.ts";
import { createIsProxy } from "../client_address.ts";

const MAX_NAME_CHARACTERS = 200;

/** `undefined` where no header is believed. */
export function createFindSignedOn(
  { userHeader, userProxies = "", writers }: Pick<
    AdminOptions,
    "userHeader" | "userProxies" | "writers"
  >,
): FindAdmin | undefined {
  if (userHeader === undefined) return undefined;
  const isProxy = createIsProxy(userProxies);
  const writing = new Set(writers);
  return ({ headers, peerAddress }): AdminCaller | undefined => {
    const user = headers.get(userHeader) ?? "";
    // Two headers of one name arrive as one text, whose first half anybody may have sent.
    if (user === "" || user.length > MAX_NAME_CHARACTERS || user.includes(",")) return undefined;
    if (!isProxy(peerAddress)) return undefined;
    return { role: writing.has(user) ? "write" : "read", who: user, via: "proxy" };
  };
}
