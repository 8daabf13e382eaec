/**
 * Sessions of the console: a cookie that says who signed in and until when, and is signed. Nothing is kept of
 * it, so that every thread and every machine with the installation's secret knows it.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { AdminCaller, AdminOptions, FindAdmin } from "../admin_role.ts";
import { digestKey } from "../keys/key_form.ts";
import { createSignature, type Signature } from "./signature.ts";

const SESSION_SECONDS = 12 * 60 * 60;
const VALUE = /^(read|write)\.(\d{1,12})\.([\w-]{43})$/;

export interface Sessions {
  /** The `Set-Cookie` of a new session. */
  readonly open: (caller: AdminCaller, request: HttpRequest) => string;
  /** The `Set-Cookie` that takes one away. */
  readonly close: (request: HttpRequest) => string;
  readonly find: FindAdmin;
}

/** A session is over when the key that it was opened with is another one. */
export function createSessions(
  secret: Uint8Array<ArrayBuffer>,
  { apiKey, readApiKey }: Pick<AdminOptions, "apiKey" | "readApiKey">,
  clock: Clock,
): Sessions {
  const name = cookieName(secret);
  const signatures = {
    write: signatureFor(secret, apiKey),
    read: signatureFor(secret, readApiKey),
  };
  const cookie = (value: string, seconds: number, request: HttpRequest): string =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict` +
    (isOverTls(request) ? "; Secure" : "");
  return {
    open: ({ role }, request) => {
      const until = Math.floor(clock.epochMs() / 1000) + SESSION_SECONDS;
      const text = `${role}.${until}`;
      return cookie(`${text}.${signatures[role]?.of(text)}`, SESSION_SECONDS, request);
    },
    close: (request) => cookie("", 0, request),
    find: ({ headers }) => {
      const [, role, until = "", signed = ""] = VALUE.exec(cookieOf(headers.get("cookie"), name)) ??
        [];
      if (role !== "read" && role !== "write") return undefined;
      if (Number(until) * 1000 <= clock.epochMs()) return undefined;
      if (!signatures[role]?.isOf(`${role}.${until}`, signed)) return undefined;
      return { role, who: role === "write" ? "admin" : "admin-read", via: "session" };
    },
  };
}

function signatureFor(
  secret: Uint8Array<ArrayBuffer>,
  key: string | undefined,
): Signature | undefined {
  return key === undefined ? undefined : createSignature(secret, "session", digestKey(key));
}

/** Ports share cookies: two installations on one host would sign each other's users out. */
function cookieName(secret: Uint8Array<ArrayBuffer>): string {
  return `weir_session_${
    createSignature(secret, "name").of("cookie").replace(/\W/g, "").slice(0, 8)
  }`;
}

/** The value of a cookie among all that a browser sends; empty where there is none. */
function cookieOf(header: string | null, name: string): string {
  for (const pair of (header ?? "").split(";")) {
    const [found, value = ""] = pair.trim().split("=", 2);
    if (found === name) return value;
  }
  return "";
}

/** Also where a proxy in front speaks it: the page says then what it was shown as. */
function isOverTls({ isSecure, headers }: HttpRequest): boolean {
  return isSecure || (headers.get("origin") ?? "").startsWith("https://");
}
