/** What tests of Responses share: requests, keys, and streams by their events. */

import { hashOf } from "../../src/access/keys/key_form.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import type { Program } from "./program.ts";

/** One event of a stream, and its frame as it came. */
export interface ResponseEvent {
  readonly frame: string;
  readonly type: string;
  readonly sequence_number: number;
  // deno-lint-ignore no-explicit-any -- Whatever an event holds, a test looks at it.
  readonly [name: string]: any;
}

export interface Ask {
  readonly method?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request below `/v1`; `POST` where it has a body. */
export function ask(weir: Program, path: string, given: Ask = {}): Promise<Response> {
  const { key, body, signal, headers } = given;
  return fetch(`${weir.url}/v1${path}`, {
    method: given.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
}

// deno-lint-ignore no-explicit-any -- As above.
export async function json(response: Promise<Response>): Promise<any> {
  return await (await response).json();
}

/** Status and code of an error. */
export async function failure(response: Promise<Response>): Promise<string> {
  const answered = await response;
  const { error } = await answered.json();
  return `${answered.status} ${error?.code}`;
}

/** The events of a stream; comments are none. */
export function eventsOf(text: string): readonly ResponseEvent[] {
  return text.split(/(?<=\n\n)/).filter((frame) => !frame.startsWith(":")).map((frame) => ({
    frame,
    ...JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? "{}"),
  }));
}

/** The frames alone, as they came. */
export function framesOf(text: string): string {
  return eventsOf(text).map(({ frame }) => frame).join("");
}

/** The text that a response holds. */
export function outputText({ output }: JsonObject): string {
  const items = output as readonly { content?: readonly { text?: string }[] }[];
  return items.flatMap(({ content = [] }) => content.map(({ text }) => text ?? "")).join("");
}

/** The part of a configuration that knows the keys of these names. */
export function keysNamed(...names: readonly string[]): JsonObject {
  return { keys: names.map((name) => ({ name, hash: hashOf(keyOf(name)) })) };
}

export function keyOf(name: string): string {
  return `weir_${name.padEnd(43, "x")}`;
}
