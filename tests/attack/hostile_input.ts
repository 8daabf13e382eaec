/** A request of the attack, and what must become of it. */

import { textOf } from "../transport/raw_server.ts";
import { SECRETS } from "./judge.ts";
import type { ErrorShape } from "./surfaces.ts";

export interface HostileInput {
  readonly name: string;
  /** What is sent, one character a byte; the connection closes after its answer. */
  readonly wire: () => string;
  /** Every status that is right; 0 is no answer. */
  readonly statuses: readonly number[];
  readonly errors: ErrorShape;
}

/** The bytes of a text in UTF-8, one character each. */
export function wireOf(text: string): string {
  return textOf(new TextEncoder().encode(text));
}

export interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly string[];
  /** In UTF-8 already, one character a byte. */
  readonly body?: string;
  readonly host?: string;
}

/** A request that is let in, with what else its head is to say. */
export function requestOf({ method, target, headers = [], body, host = "weir" }: Head): string {
  const named = (name: string) => headers.some((line) => line.toLowerCase().startsWith(`${name}:`));
  return [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    "connection: close",
    ...(named("authorization") ? [] : [`authorization: Bearer ${SECRETS.client}`]),
    ...(body === undefined || named("content-type") ? [] : ["content-type: application/json"]),
    ...(body === undefined ? [] : [`content-length: ${body.length}`]),
    ...headers,
    "",
    body ?? "",
  ].join("\r\n");
}
