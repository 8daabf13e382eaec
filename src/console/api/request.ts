/** Asks the admin API: all that the page knows comes through here. */

import { signal } from "@preact/signals";
import type { Me, Session } from "./answers.ts";

/** Relative to the page, so that a proxy may have it below a path of its own. */
const API = new URL("admin/v1/", document.baseURI).href;

/** Who looks at the page; `undefined` before the first answer, `null` where a key is asked for. */
export const me = signal<Me | null | undefined>(undefined);

/** Why nobody is let in, where a key would not help or one has run out. */
export const refusal = signal<string | undefined>(undefined);

/** An answer that is none: the sentence is the server's own where it has one. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(message: string, readonly status: number, readonly code = "") {
    super(message);
  }
}

/** The address of something below `/admin/v1/`, for links and streams. */
export function addressOf(path: string): string {
  return API + path;
}

/** The address of Weir itself, as clients have it. */
export function ownAddress(): string {
  return new URL(".", document.baseURI).href.replace(/\/$/, "");
}

/** A query of those members that have a value. */
export function queryOf(members: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Rejects with `ApiError`. A text is sent as it is, anything else as JSON. */
export async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const isText = typeof body === "string";
  const response = await fetch(addressOf(path), {
    method,
    // No form and no page of another origin can send it.
    headers: {
      "x-weir-console": "1",
      ...(body === undefined ? {} : { "content-type": isText ? "text/plain" : "application/json" }),
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ApiError("Weir cannot be reached; is it running?", 0, "unreachable");
  });
  if (!response.ok) throw await failureOf(response);
  return response.status === 204 ? undefined as T : await response.json();
}

async function failureOf(response: Response): Promise<ApiError> {
  const answer = await response.json().catch(() => ({}));
  const { message = `The answer was ${response.status}`, code = "" } = answer?.error ?? {};
  const error = new ApiError(String(message), response.status, String(code));
  if (response.status === 401 && me.value) {
    me.value = null;
    refusal.value = "The session is over. Sign in again to go on.";
  }
  return error;
}

/** Asks who is looking; afterwards `me` is known. */
export async function findOut(): Promise<void> {
  try {
    const { me: found, needs_sign_in, message } = await ask<Session>("GET", "session");
    me.value = found;
    if (found !== null) refusal.value = undefined;
    else if (!needs_sign_in) refusal.value = message ?? undefined;
  } catch (error) {
    me.value = null;
    refusal.value = error instanceof ApiError ? error.message : String(error);
  }
}

/** Rejects with `ApiError` where the key is not the admin's. */
export async function signIn(key: string): Promise<void> {
  await ask("POST", "session", { key });
  await findOut();
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "session").catch(() => undefined);
  refusal.value = undefined;
  await findOut();
}

export function mayWrite(): boolean {
  return me.value?.role === "write";
}
