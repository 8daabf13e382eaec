/** A kept answer as text, for a store outside of the process. */

import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseJson } from "../../core/text/json.ts";
import { type KeptAnswer, type KeptChunk, keptHeaders, wholeOf } from "./kept_answer.ts";

/** Of the shape; what was written in another one is not read. */
const VERSION = 1;

/** Whoever may write into the store may write anything. */
const written = once(() =>
  z.object({
    version: z.literal(VERSION),
    headers: z.array(z.tuple([z.string(), z.string().regex(/^[\x20-\x7e]*$/)])),
    isStream: z.boolean(),
    keptMs: z.number(),
    provider: z.string().optional(),
    warnings: z.array(z.string()),
    guards: z.array(z.object({
      guard: z.string(),
      action: z.enum(["refuse", "mask", "flag"]),
      side: z.enum(["request", "answer"]),
      count: z.number(),
    })),
    finishReason: z.string().optional(),
    servedModel: z.string().optional(),
    usd: z.number().nullable(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    /** When each chunk came, and how many bytes of the text it is. */
    pieces: z.array(z.tuple([z.number(), z.int().min(0)])),
    text: z.string(),
  })
);

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** `undefined` where its body is no text. */
export function writeKeptText({ chunks, ...answer }: KeptAnswer): string | undefined {
  let text: string;
  try {
    text = decoder.decode(wholeOf(chunks));
  } catch {
    return undefined;
  }
  const pieces = chunks.map(({ atMs, bytes }) => [atMs, bytes.length]);
  return JSON.stringify({ version: VERSION, ...answer, pieces, text });
}

/** `undefined` for what was not written by `writeKeptText`. */
export function readKeptText(text: string): KeptAnswer | undefined {
  const read = written().safeParse(parseJson(text));
  if (!read.success) return undefined;
  const { version: _, pieces, text: body, headers, ...answer } = read.data;
  const { provider, finishReason, servedModel, ...rest } = answer;
  const chunks = chunksOf(encoder.encode(body), pieces);
  return chunks && {
    ...rest,
    headers: keptHeaders(headers),
    chunks,
    provider,
    ...(finishReason !== undefined && { finishReason }),
    ...(servedModel !== undefined && { servedModel }),
  };
}

/** `undefined` where they do not make the whole. */
function chunksOf(
  bytes: Uint8Array<ArrayBuffer>,
  pieces: readonly (readonly [atMs: number, length: number])[],
): readonly KeptChunk[] | undefined {
  let at = 0;
  const chunks = pieces.map(([atMs, length]) => ({
    atMs,
    bytes: bytes.subarray(at, at += length),
  }));
  return at === bytes.length ? chunks : undefined;
}
