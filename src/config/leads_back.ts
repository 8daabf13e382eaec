/**
 * Finds providers that are Weir itself.
 *
 * A shell that was set up for an agent behind Weir exports Weir's address and Weir's key under the names of
 * the agent's provider (`ANTHROPIC_BASE_URL`, `ANTHROPIC_AUTH_TOKEN`). Started from it, Weir would call
 * itself, or show its key to a provider.
 *
 * @module
 */

import type { z } from "zod";
import { type AuthenticateOptions, createFindKey } from "../access/authenticate.ts";
import { HIDDEN } from "../core/text/secret.ts";

/** The options of a provider that are keys. */
export const KEY_OPTIONS: ReadonlySet<string> = new Set([
  "accessKeyId",
  "apiKey",
  "authToken",
]);
const ADDRESS_OPTION = "baseUrl";

const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;

interface OwnSettings {
  readonly auth: AuthenticateOptions;
  readonly server: { readonly host: string; readonly port: number };
  readonly upstreams: object;
}

/** Adds an issue for each key of a provider that is one of Weir's own, and each address that is Weir's. */
export function refuseLeadingBack(config: OwnSettings, { addIssue }: z.RefinementCtx): void {
  const { auth, server, upstreams: providers } = config;
  const findKey = createFindKey(auth.apiKey, auth.keys);
  for (const { path, text } of textsIn(providers, ["upstreams"])) {
    const option = path.at(-1) ?? "";
    // A configuration that was shown hides all keys alike.
    const isKey = KEY_OPTIONS.has(option) && text !== HIDDEN;
    if (isKey && findKey(text) !== undefined) {
      const message =
        "is one of Weir's own keys, which no provider accepts; set the key that the provider " +
        "gave you, or take it out (a shell that is set up for clients of Weir may export it)";
      addIssue({ code: "custom", path: [...path], message });
    }
    if (option === ADDRESS_OPTION && isOwnAddress(new URL(text), server)) {
      const message =
        "is the address that Weir itself listens on, so that it would call itself; set the " +
        "provider's address, or take it out (a shell that is set up for clients of Weir may export it)";
      addIssue({ code: "custom", path: [...path], message });
    }
  }
}

interface PlacedText {
  readonly path: readonly string[];
  readonly text: string;
}

function textsIn(group: object, path: readonly string[]): readonly PlacedText[] {
  return Object.entries(group).flatMap(([name, value]: [string, unknown]) => {
    const inner = [...path, name];
    if (typeof value === "string") return [{ path: inner, text: value }];
    return typeof value === "object" && value !== null ? textsIn(value, inner) : [];
  });
}

/** As far as the two texts tell: what other names lead to this machine is not known here. */
function isOwnAddress(url: URL, { host, port }: OwnSettings["server"]): boolean {
  const urlPort = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  if (urlPort !== port) return false;
  const asked = url.hostname.replace(/^\[|\]$/g, "");
  const own = host.toLowerCase();
  if (asked === own) return true;
  const isV4 = LOOPBACK_V4.test(own) || own === "0.0.0.0" || own === "::" || own === "localhost";
  const isV6 = own === "::1" || own === "::" || own === "localhost";
  if (asked === "localhost") return isV4 || isV6;
  if (LOOPBACK_V4.test(asked) || asked === "0.0.0.0") return isV4;
  return (asked === "::1" || asked === "::") && isV6;
}
