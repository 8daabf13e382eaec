/**
 * Who may see and change what a gateway does, beside those who may call models through it: a key of the one kind
 * is never one of the other.
 *
 * @module
 */

import * as z from "zod";
import { GatewayError } from "../core/gateway_error.ts";
import type { HttpRequest } from "../core/http/http.ts";
import type { HeaderReader } from "../core/provider/transport.ts";
import { SECRET } from "../core/text/secret.ts";
import { type ClientAddress, isLoopback, proxyAddresses } from "./client_address.ts";
import type { RefuseWrongKey } from "./failed_auth.ts";
import { digestKey, isSameDigest } from "./keys/key_form.ts";

const adminKey = z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
  .max(4_096).meta(SECRET).optional();

export const adminOptions = z.strictObject({
  apiKey: adminKey.describe(
    "Who offers it as `Authorization: Bearer` to the admin API below `/admin/v1` may see and change everything there. If not set, that answers this machine alone, and changes nothing.",
  ).meta({ variable: "ADMIN_API_KEY" }),
  readApiKey: adminKey.describe(
    "Who offers it there may see everything and change nothing; needs `ADMIN_API_KEY` as well.",
  ).meta({ variable: "ADMIN_READ_API_KEY" }),
  userHeader: z.string().regex(
    /^[a-z\d][a-z\d-]{0,99}$/,
    "must be the name of a header in lower case",
  )
    .optional().describe(
      "Header in which a proxy with single sign-on names its user, such as `x-forwarded-user`, for the console and the admin API. It must replace what clients send of it. Needs `CONSOLE_TRUST_PROXIES`.",
    ).meta({ variable: "CONSOLE_TRUST_USER_HEADER" }),
  userProxies: proxyAddresses.optional().describe(
    "Addresses and networks of the proxies whose user header is believed, as in `TRUST_PROXY`.",
  ).meta({ variable: "CONSOLE_TRUST_PROXIES" }),
  writers: z.array(z.string().min(1).max(200)).max(1_000).default([]).describe(
    "Users of the user header who may change things; all others may look.",
  ).meta({ variable: "ADMIN_WRITERS" }),
}).superRefine(({ apiKey, readApiKey, userHeader, userProxies }, { addIssue }) => {
  if (userHeader !== undefined && userProxies === undefined) {
    const message = "needs CONSOLE_TRUST_PROXIES (admin.userProxies): who else may name a user?";
    addIssue({ code: "custom", path: ["userHeader"], message });
  }
  if (readApiKey === undefined) return;
  const refuse = (message: string) => addIssue({ code: "custom", path: ["readApiKey"], message });
  if (apiKey === undefined) refuse("needs ADMIN_API_KEY (admin.apiKey); set that as well");
  if (apiKey === readApiKey) refuse("is the same as ADMIN_API_KEY; choose another");
}).prefault({});

export type AdminOptions = z.output<typeof adminOptions>;

/** `write` may do all that `read` may. */
export type AdminRole = "read" | "write";

export interface AdminCaller {
  readonly role: AdminRole;
  /** For the audit trail: `admin`, `admin-read`, `local`, or a name of the single sign-on. */
  readonly who: string;
  /** How it is known. */
  readonly via: "key" | "session" | "proxy" | "loopback";
}

/** Where a caller is known by something else than a key, such as a session; `undefined` where it is not. */
export type FindAdmin = (request: HttpRequest) => AdminCaller | undefined;

export interface AdminAccess {
  /** Throws or rejects with `unauthenticated`, `forbidden`, or `rate_limited` after too many wrong keys. */
  readonly callerOf: (request: HttpRequest) => AdminCaller | Promise<AdminCaller>;
  /** Who has a key, wherever it was written. Throws or rejects as above. */
  readonly holderOf: (key: string, request: HttpRequest) => AdminCaller | Promise<AdminCaller>;
}

/** Sent by the console's own page; no form and no page of another origin can. */
export const CONSOLE_HEADER = "x-weir-console";

/** Code of the failure that guessing meets. */
const WRONG_ADMIN_KEY = "invalid_admin_key";

export interface AdminAccessParts {
  readonly options: AdminOptions;
  /** As with keys of clients, only wrong ones are counted. */
  readonly refuseWrongKey: RefuseWrongKey;
  readonly clientAddress: ClientAddress;
  /** Whether whoever is at an address is a proxy, by what the configuration says of proxies. */
  readonly isProxy: (peerAddress: string) => boolean;
  /** Asked in their order where a request offers no key. */
  readonly others?: readonly FindAdmin[];
}

export function createAdminAccess(parts: AdminAccessParts): AdminAccess {
  const { options, refuseWrongKey, clientAddress, isProxy, others = [] } = parts;
  const findHolder = createFindHolder(options);
  const holderOf: AdminAccess["holderOf"] = (key, { headers, peerAddress }) => {
    const holder = findHolder(key);
    if (holder !== undefined) return holder;
    const message = "The admin key is not valid here";
    const failure = new GatewayError("unauthenticated", message, { code: WRONG_ADMIN_KEY });
    return refuseWrongKey(failure, clientAddress(headers, peerAddress));
  };
  return {
    holderOf,
    callerOf: (request) => {
      const { headers } = request;
      const offered = headers.get("authorization");
      if (options.apiKey !== undefined && offered !== null) {
        return holderOf(bearerOf(offered) ?? "", request);
      }
      for (const find of others) {
        const caller = find(request);
        if (caller === undefined) continue;
        refuseForeignPage(request);
        return caller;
      }
      if (options.apiKey === undefined) return localCaller(request, isProxy);
      throw new GatewayError(
        "unauthenticated",
        'No admin key in the request; send it as "Authorization: Bearer ADMIN_API_KEY"',
        { code: "missing_admin_key" },
      );
    },
  };
}

/** Throws `forbidden` for whoever may only look. */
export function requireWriter({ role, via }: AdminCaller): void {
  if (role === "write") return;
  const message = via === "loopback"
    ? "Without ADMIN_API_KEY nobody may change anything here; set it and send it as a bearer token"
    : "This caller may see everything and change nothing; use ADMIN_API_KEY";
  throw new GatewayError("forbidden", message, { code: "admin_read_only" });
}

/** Both are compared, each in constant time, because people choose them. */
function createFindHolder(
  { apiKey, readApiKey }: AdminOptions,
): (key: string) => AdminCaller | undefined {
  const writer = apiKey === undefined ? "" : digestKey(apiKey);
  const reader = readApiKey === undefined ? "" : digestKey(readApiKey);
  return (key) => {
    const digest = digestKey(key);
    const isWriter = isSameDigest(writer, digest);
    const isReader = isSameDigest(reader, digest);
    if (isWriter) return { role: "write", who: "admin", via: "key" };
    return isReader ? { role: "read", who: "admin-read", via: "key" } : undefined;
  };
}

function bearerOf(header: string): string | undefined {
  return /^bearer +(\S{1,4096})$/i.exec(header)?.[1];
}

/**
 * Lets whoever sits at this machine look. A name in `Host` may have been made to lead here (DNS rebinding), and a
 * proxy on this machine hands on what comes from elsewhere; both show.
 */
function localCaller(
  request: HttpRequest,
  isProxy: AdminAccessParts["isProxy"],
): AdminCaller {
  const { peerAddress, host, headers } = request;
  const isHere = isLoopback(peerAddress) && !isProxy(peerAddress) && isLocalHost(host);
  if (!isHere || wasForwarded(headers)) {
    throw new GatewayError(
      "forbidden",
      "Without ADMIN_API_KEY the admin API answers this machine alone, at a loopback address and without a proxy; set ADMIN_API_KEY to reach it from elsewhere",
      { code: "admin_local_only" },
    );
  }
  refuseForeignPage(request);
  return { role: "read", who: "local", via: "loopback" };
}

function isLocalHost(host: string): boolean {
  const [, bracketed, plain = ""] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ??
    [];
  return plain.toLowerCase() === "localhost" || isLoopback(bracketed ?? plain);
}

/** Headers that proxies and their networks write of whom they were reached from. */
const FORWARDING_HEADERS =
  /^(?:forwarded|via|cdn-loop|x-forwarded.*|x-envoy-.*|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-amzn-trace-id|x-cloud-trace-context|x-azure-.*|x-arr-.*|true-client-ip|client-ip|cf-.*|fastly-.*|fly-.*|tailscale-.*)$/;

/**
 * Nginx, where it is told no more than where to go, puts this machine into `Host` and names nobody: it says only
 * that it closes, which browsers and curl do not.
 */
function wasForwarded(headers: HeaderReader): boolean {
  if (/\bclose\b/i.test(headers.get("connection") ?? "")) return true;
  for (const [name] of headers) {
    if (FORWARDING_HEADERS.test(name)) return true;
  }
  return false;
}

/**
 * What is let in without a key, by a cookie or by where it comes from, may be sent by any page that a browser has
 * open. Browsers say of a page of another origin that it is one; and what changes anything needs a header besides
 * that only a page of the same origin can add, since none of another is told that it may (CORS).
 */
function refuseForeignPage({ method, headers, host, isSecure }: HttpRequest): void {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const own = `${isSecure ? "https" : "http"}://${host}`.toLowerCase();
  // A proxy with TLS in front makes https of it, and its host is still this one.
  const isOwn = origin === null || [own, `https://${host}`.toLowerCase()].includes(origin);
  const isNavigation = site === "none";
  const isSafe = method === "GET" || method === "HEAD";
  if ((site === null || site === "same-origin" || isNavigation) && isOwn) {
    if (isSafe || headers.get(CONSOLE_HEADER) !== null) return;
  }
  throw new GatewayError(
    "forbidden",
    `Pages of other origins may not use the admin API, and changes without a key need the header ${CONSOLE_HEADER}`,
    { code: "origin_not_allowed" },
  );
}
