/**
 * The form of a cassette: lines of JSON, so that it can be written as it comes, read by people and compared by
 * the tools that compare text.
 *
 * The first line says what the file is; each exchange is a `request`, a `head` where there was an answer, its
 * `chunk`s and an `end`. Times are milliseconds since the request was sent.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import * as z from "zod";
import { ERROR_KINDS, type ErrorKind, GatewayError } from "../core/gateway_error.ts";
import { once } from "../core/once.ts";
import type { JsonObject, JsonValue } from "../core/text/json.ts";

/** A reader refuses a later one. */
export const CASSETTE_VERSION = 1;

const ms = once(() => z.number().min(0).max(86_400_000));
const headers = once(() => z.array(z.tuple([z.string(), z.string()])).max(200));
/** Text where the bytes are UTF-8. */
const content = once(() =>
  z.union([
    z.strictObject({ text: z.string() }),
    z.strictObject({ base64: z.string() }),
  ])
);

const title = once(() =>
  z.strictObject({
    cassette: z.int(),
    /** What made it. */
    by: z.string(),
    at: z.iso.datetime(),
    /** Members of the configuration that whoever plays it needs, without secrets. */
    configuration: z.record(z.string(), z.custom<JsonValue>()).optional(),
  })
);

const request = once(() =>
  z.strictObject({
    at: z.iso.datetime(),
    method: z.string().max(32),
    url: z.url(),
    headers: headers(),
    /** Of the body in canonical form. */
    hash: z.string().max(100),
    body: z.union([z.strictObject({ json: z.custom<JsonValue>() }), content()]).optional(),
  })
);

const failure = once(() =>
  z.strictObject({
    kind: z.enum(Object.keys(ERROR_KINDS) as [ErrorKind, ...ErrorKind[]]),
    message: z.string(),
    code: z.string(),
    mayBePaid: z.boolean(),
    retryAfterMs: z.number().optional(),
    shouldRetry: z.boolean().optional(),
  })
);

const end = once(() =>
  z.union([
    z.strictObject({ ms: ms(), how: z.literal("complete") }),
    /** Whoever asked gave it up; nothing is known of what would have come. */
    z.strictObject({ ms: ms(), how: z.literal("abandoned") }),
    z.strictObject({ ms: ms(), how: z.literal("failed"), failure: failure() }),
    /** It was longer than recordings may be, or not fit to be kept. */
    z.strictObject({ ms: ms(), how: z.literal("not_kept"), why: z.string() }),
  ])
);

export const cassetteLine = once(() =>
  z.union([
    z.strictObject({ title: title() }),
    z.strictObject({ request: request() }),
    z.strictObject({
      head: z.strictObject({ ms: ms(), status: z.int().min(100).max(999), headers: headers() }),
    }),
    z.strictObject({ chunk: z.union(content().options.map((form) => form.extend({ ms: ms() }))) }),
    z.strictObject({ end: end() }),
  ])
);

export type CassetteTitle = z.output<ReturnType<typeof title>>;
export type RecordedRequest = z.output<ReturnType<typeof request>>;
export type RecordedEnd = z.output<ReturnType<typeof end>>;
export type RecordedContent = z.output<ReturnType<typeof content>>;
export type RecordedFailure = z.output<ReturnType<typeof failure>>;

export interface RecordedHead {
  readonly ms: number;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

export type RecordedChunk = { readonly ms: number } & RecordedContent;

/** One request, and all that came of it. */
export interface RecordedExchange {
  readonly request: RecordedRequest;
  readonly head?: RecordedHead;
  readonly chunks: readonly RecordedChunk[];
  readonly end: RecordedEnd;
}

/** The lines of an exchange, each with its line break. */
export function writeExchange({ request, head, chunks, end }: RecordedExchange): string {
  const lines: JsonObject[] = [
    { request },
    ...(head === undefined ? [] : [{ head: { ...head } }]),
    ...chunks.map((chunk) => ({ chunk })),
    { end },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

export function writeTitle(title: CassetteTitle): string {
  return `${JSON.stringify({ title })}\n`;
}

/** As text where they are; two bytes of one letter may lie in two chunks. */
export function writeContent(bytes: Uint8Array): RecordedContent {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}

export function readContent(content: RecordedContent): Uint8Array<ArrayBuffer> {
  if ("text" in content) return new TextEncoder().encode(content.text);
  return new Uint8Array(Buffer.from(content.base64, "base64"));
}

export function writeFailure(error: GatewayError, message: string): RecordedFailure {
  const { kind, code, mayBePaid, retryAfterMs, shouldRetry } = error;
  return {
    kind,
    message,
    code,
    mayBePaid,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(shouldRetry !== undefined && { shouldRetry }),
  };
}

export function readFailure({ kind, message, ...options }: RecordedFailure): GatewayError {
  const { code, mayBePaid, retryAfterMs, shouldRetry } = options;
  return new GatewayError(kind, message, {
    code,
    mayBePaid,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(shouldRetry !== undefined && { shouldRetry }),
  });
}
