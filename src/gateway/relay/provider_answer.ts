/**
 * Turns what an upstream answered into the gateway's errors, and chooses what crosses to the client.
 *
 * @module
 */

import { readBodyText } from "../../bytes/json/body_text.ts";
import type { ProviderFault } from "../../core/chat/chat.ts";
import type { ProviderFormat } from "../../core/format.ts";
import { GatewayError, type GatewayErrorOptions } from "../../core/gateway_error.ts";
import { type JsonObject, parseAnswerObject, parseJsonObject } from "../../core/text/json.ts";
import { type Redact, redactJson, type Redactor } from "../../core/text/redactor.ts";
import type { HeaderReader, ProviderResponse } from "../../core/provider/transport.ts";
import type { Provider } from "../../core/provider/provider.ts";
import { PROVIDER_HEADERS } from "../../core/provider/provider_headers.ts";
import { readBody } from "../../bytes/read_whole.ts";

/**
 * The upstream's headers that cross to the client, names in lower case.
 *
 * @param own Further ones that clients of the upstream's own format know.
 */
export function crossingHeaders(
  headers: HeaderReader,
  redact: Redact,
  own?: RegExp,
): [string, string][] {
  const crossing: [string, string][] = [];
  for (const [name, value] of headers) {
    if (PROVIDER_HEADERS.has(name) || own?.test(name)) crossing.push([name, redact(value)]);
  }
  return crossing;
}

/** Whether a media type is JSON, whatever its parameters. */
export function isJsonType(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "application/json" || type.endsWith("+json");
}

const MAX_NAME_CHARACTERS = 128;

/** What the error of an upstream is read with. */
export interface AnswerReader {
  readonly provider: Provider;
  /** The format that it was asked in. */
  readonly format: ProviderFormat;
  /** See `crossingHeaders`. */
  readonly ownHeaders?: RegExp | undefined;
  readonly redactor: Redactor;
  readonly maxErrorBytes: number;
  readonly epochMs: number;
}

/** An answer with an error status, as the error that hands it on. */
export async function toProviderError(
  response: ProviderResponse,
  reader: AnswerReader,
): Promise<GatewayError> {
  const { provider, format, redactor } = reader;
  const status = response.status;
  if (status < 400) {
    response.body.cancel();
    return new GatewayError(
      "upstream_invalid_response",
      `The upstream answered with status ${status}, which is no answer to a call`,
    );
  }
  // A body that breaks off takes nothing from the status, which is known.
  const { bytes, isCut } = await readBody(response.body, reader.maxErrorBytes)
    .catch(() => ({ bytes: new Uint8Array(0), isCut: true }));
  const body = readBodyText(bytes, response.headers.get("content-type"));
  const text = isCut ? "" : body.text;
  const json = parseErrorBody(text);
  const clean = json && redactJson(provider.cleanError(json, status, format), redactor.forClient);
  const fault = clean && format.faultOf(clean);
  const message = fault?.message ?? describeBody(status, text, redactor);
  // A field that comes twice is read once, and both would pass.
  const isSame = parseJsonObject(text) !== undefined && clean === json && body.isUtf8 &&
    body.readings.every((reading) => redactor.forClient(reading) === reading);
  return new GatewayError("upstream_error", message, {
    ...faultOptions(fault, redactor.forClient),
    ...wordsOptions(json && format.faultOf(json)),
    ...retryHints(status, response.headers, json, reader),
    status,
    answer: {
      status,
      headers: crossingHeaders(response.headers, redactor.forHeader, reader.ownHeaders),
      format: format.errorName ?? format.name,
      body: isSame && json !== undefined
        ? bytes
        : new TextEncoder().encode(clean && JSON.stringify(clean)),
    },
  });
}

/** A fault stated inside a 200 answer, as an error with the status it stands for (T12). */
export function faultToError(
  fault: ProviderFault,
  redact: Redact,
): GatewayError {
  const { message, status, wordsStatus, mayBePaid, isUnreadable } = fault;
  if (isUnreadable) return new GatewayError("upstream_invalid_response", message);
  return new GatewayError("upstream_error", redact(message), {
    ...faultOptions(fault, redact),
    ...(status === undefined ? {} : { status }),
    ...(wordsStatus === undefined ? {} : { wordsStatus }),
    ...(mayBePaid === undefined ? {} : { mayBePaid }),
  });
}

/**
 * The body of an error answer; `undefined` where it says nothing that can be read. Seen otherwise than as
 * an object: in a list (Gemini), as a mere text, and as the event of a stream (DashScope).
 */
export function parseErrorBody(text: string): JsonObject | undefined {
  const body = parseAnswerObject(text);
  if (body !== undefined) return body;
  const data = /^data:(.*)$/m.exec(text)?.[1];
  if (data !== undefined) return parseAnswerObject(data);
  const error = /^\s*"/.test(text) ? parseJsonObject(`{"error":${text}}`) : undefined;
  return error?.error === "" ? undefined : error;
}

export function wordsOptions(fault: ProviderFault | undefined): GatewayErrorOptions {
  const wordsStatus = fault?.wordsStatus ?? fault?.status;
  return wordsStatus === undefined ? {} : { wordsStatus };
}

/** What the provider calls its failure; no name is longer, and what is may be anything. */
export function faultOptions(
  { code, type }: Pick<ProviderFault, "code" | "type"> = {},
  redact: Redact,
): GatewayErrorOptions {
  const nameOf = (text: string): string => redact(text).slice(0, MAX_NAME_CHARACTERS);
  return {
    ...(code === undefined ? {} : { code: nameOf(code) }),
    ...(type === undefined ? {} : { type: nameOf(type) }),
  };
}

/**
 * When and whether the upstream wants to be asked again: the longest wait that is named anywhere, so that
 * it is never asked too soon (T41). Other statuses than these are not about time.
 */
export function retryHints(
  status: number,
  headers: HeaderReader,
  json: JsonObject | undefined,
  { provider, epochMs }: Pick<AnswerReader, "provider" | "epochMs">,
): GatewayErrorOptions {
  const isAboutTime = status === 408 || status === 429 || status >= 500;
  const waitsMs = isAboutTime
    ? [readRetryAfter(headers, epochMs), provider.retryAfterMs(headers, json, epochMs)]
      .filter((waitMs) => waitMs !== undefined)
    : [];
  const shouldRetry = readBoolean(headers.get("x-should-retry")) ??
    (json && provider.shouldRetry?.(json));
  return {
    ...(waitsMs.length === 0 ? {} : { retryAfterMs: Math.max(...waitsMs) }),
    ...(shouldRetry === undefined ? {} : { shouldRetry }),
  };
}

function readBoolean(text: string | null): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

const MAX_SNIPPET_CHARACTERS = 120;

/** A sentence about an error body that is not JSON: an HTML page, plain text, nothing (T50). */
function describeBody(
  status: number,
  body: string,
  { forClientOfPage }: Redactor,
): string {
  const text = body.slice(0, 16_384)
    .replace(/<(script|style)\b[\s\S]*?(<\/\1>|$)/gi, " ")
    .replace(/<[^>]*>?/g, " ")
    .replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, " ")
    .trim();
  if (text === "") return `The upstream answered with status ${status}`;
  const snippet = [...forClientOfPage(text)].slice(0, MAX_SNIPPET_CHARACTERS).join("");
  return `The upstream answered with status ${status}: ${snippet}`;
}

/**
 * How long an answer asks to wait before another try, in the forms that any provider uses (T41):
 * milliseconds from `retry-after-ms` or `Retry-After` (seconds, also fractional, or an HTTP date); 0 for
 * a moment that has passed, `undefined` where neither says anything that can be read.
 */
function readRetryAfter(headers: HeaderReader, epochMs: number): number | undefined {
  const milliseconds = readNumber(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get("retry-after");
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  // Only the forms of a date: `Date.parse` takes "-5" for a year.
  if (text === null || !/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - epochMs);
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,12}(\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
}
