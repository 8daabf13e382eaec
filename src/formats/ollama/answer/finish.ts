/**
 * Why an answer ended, and what it cost, in Ollama's words.
 *
 * @module
 */

import type { ChatEvent, FinishReason, Usage } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { countOf } from "../../counts.ts";

type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

const NS_PER_MS = 1_000_000;

/** Models that are loaded and unloaded say nothing, and have said it. */
const REASON_BY_WORD: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["load", "stop"],
  ["unload", "stop"],
  ["length", "length"],
]);

/** Fields of a last object that count, beside the numbers of tokens. */
const DURATIONS: readonly string[] = [
  "total_duration",
  "load_duration",
  "prompt_eval_duration",
  "eval_duration",
];

/** What the last object says of the end; older servers give no reason. Calls of tools end with `stop`. */
export function decodeFinish(body: JsonObject, hasToolCalls: boolean): Finish {
  const { done_reason: word } = body;
  const raw = typeof word === "string" && word !== "" ? word : "stop";
  const reason = REASON_BY_WORD.get(raw) ?? "other";
  return {
    type: "finish",
    choice: 0,
    reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason,
    raw,
  };
}

/** A prompt that was cached whole is not counted by older servers. */
export function decodeUsage(body: JsonObject): Usage | undefined {
  const input = countOf(body["prompt_eval_count"]);
  const output = countOf(body["eval_count"]);
  if (input === undefined && output === undefined) return undefined;
  const [inputTokens, outputTokens] = [input ?? 0, output ?? 0];
  const told = ["prompt_eval_count", "eval_count", ...DURATIONS]
    .flatMap((name) => body[name] === undefined ? [] : [[name, body[name]] as const]);
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    native: { format: NAME, value: Object.fromEntries(told) as JsonObject },
  };
}

/** When what happened, in milliseconds since the call arrived. */
export interface AnswerTimes {
  /** `undefined` where the first text is not known apart from the last. */
  readonly firstMs: number | undefined;
  readonly endMs: number;
}

/** The members that the last object has beside what it says. */
export function encodeEnd(
  finish: Finish | undefined,
  usage: Usage | undefined,
  times: AnswerTimes,
): JsonObject {
  const { endMs, firstMs = 0 } = times;
  const own = usage?.native?.format === NAME && isJsonObject(usage.native.value)
    ? usage.native.value
    : undefined;
  return {
    done_reason: wordOf(finish),
    done: true,
    total_duration: nanoseconds(endMs),
    load_duration: 0,
    ...(usage !== undefined && { prompt_eval_count: usage.inputTokens }),
    prompt_eval_duration: nanoseconds(firstMs),
    ...(usage !== undefined && { eval_count: usage.outputTokens }),
    eval_duration: nanoseconds(endMs - firstMs),
    // What a provider of this format has measured is nearer to the truth.
    ...own,
  };
}

/** The moment that all objects of an answer bear: RFC 3339 with a fraction, as Go writes it. */
export function createdAt({ createdSeconds }: Pick<EncodeOptions, "createdSeconds">): string {
  return new Date(createdSeconds * 1_000).toISOString();
}

export function nanoseconds(durationMs: number): number {
  return Math.max(0, Math.round(durationMs * NS_PER_MS));
}

/** Ollama has no word for what a filter has ended. */
function wordOf(finish: Finish | undefined): string {
  if (finish === undefined) return "stop";
  if (finish.reason === "length") return "length";
  return REASON_BY_WORD.has(finish.raw) ? finish.raw : "stop";
}
