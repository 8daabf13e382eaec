/** An answer of a provider, and who asks for it. */

import type { ProviderFormat } from "./good_answers.ts";

/** What a provider writes; it closes behind it where nothing else is said. */
export type Wire = string | {
  readonly text: string;
  /** It sends nothing more, and does not close. */
  readonly stalls?: boolean;
  /** Sent again and again until the gateway leaves. */
  readonly endless?: string;
};

export interface HostileAnswer {
  readonly name: string;
  readonly format: ProviderFormat;
  readonly isStream: boolean;
  readonly wire: Wire;
  /** What the client may be answered. */
  readonly statuses: readonly number[];
}

/** It was answered, or told that the provider has failed. */
export const ANSWERED: readonly number[] = [200, 502, 504];

export function headOf(status: number, headers: readonly string[]): string {
  return [`HTTP/1.1 ${status} Status`, ...headers, "", ""].join("\r\n");
}

export function jsonAnswer(
  body: string,
  status = 200,
  headers: readonly string[] = [],
): string {
  const framing = ["content-type: application/json", `content-length: ${body.length}`];
  return headOf(status, [...framing, ...headers]) + body;
}

/** A stream whose end is the connection's. */
export function streamAnswer(type: string, body: string): string {
  return headOf(200, [`content-type: ${type}`, "connection: close"]) + body;
}

/** What an answer is made of, whatever its API. */
export interface Pieces {
  readonly whole: string;
  /** Of a stream. */
  readonly type: string;
}

/** `ANSWERED` where no statuses stand. */
export type WireRow = readonly [
  name: string,
  wire: (good: Pieces) => Wire,
  statuses?: readonly number[],
];

/** A refusal of the provider is told as what it is, or as one of Weir's own. */
export const REFUSED: readonly number[] = [
  ...[400, 401, 402, 403, 404, 405, 407, 408, 409, 413, 422, 429],
  ...[500, 502, 503, 504, 529],
];
