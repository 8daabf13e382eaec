/** A client of the admin API, as short as tests need it. */

import type { Program } from "./program.ts";

export const ADMIN_KEY = "planted-admin-key-61c2";
export const READ_KEY = "planted-read-key-0b9d";
export const ADMIN_ENV = { ADMIN_API_KEY: ADMIN_KEY, ADMIN_READ_API_KEY: READ_KEY };

// deno-lint-ignore no-explicit-any -- What comes is looked at by tests, member by member.
export type Json = any;

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

export interface AdminRequest {
  readonly method?: string;
  /** A value is sent as JSON, a text as it is. */
  readonly body?: unknown;
  /** `null` for none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export type AskAdmin = (path: string, request?: AdminRequest) => Promise<AdminAnswer>;

/** Asks below `/admin/v1`, as who may write where nothing else is said. */
export function adminOf({ url }: Pick<Program, "url">): AskAdmin {
  return async (path, { method, body, key = ADMIN_KEY, headers = {} } = {}) => {
    const response = await fetch(`${url}/admin/v1${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
  };
}

/** The status and the code of a refusal, such as `403 admin_read_only`. */
export function refusalOf({ status, json }: AdminAnswer): string {
  return `${status} ${json?.error?.code}`;
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
