/**
 * Puts the events of an answer together to the answer itself, for JSON replies.
 *
 * @module
 */

import type { ChatEvent, FinishReason, UpstreamFault, Usage } from "../core/chat_event.ts";
import type { ToolCall } from "../core/chat_request.ts";
import type { JsonValue } from "../core/json.ts";

/** One of the answers to a request. */
export interface CollectedChoice {
  readonly index: number;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: readonly JsonValue[];
  readonly refusalLogprobs: readonly JsonValue[];
  /** In order of appearance; lists of one name are joined, of other values the last one counts. */
  readonly extensions: ReadonlyMap<string, JsonValue>;
  /** The last one seen. */
  readonly finish: { readonly reason: FinishReason; readonly raw: string } | undefined;
}

/** A whole answer. */
export interface CollectedAnswer {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly createdSeconds: number | undefined;
  /** In order of their index. */
  readonly choices: readonly CollectedChoice[];
  readonly usage: Usage | undefined;
  readonly fault: UpstreamFault | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A choice while it grows. */
interface Draft {
  text: string;
  reasoning: string;
  refusal: string;
  readonly toolCalls: Map<number, Mutable<ToolCall>>;
  readonly logprobs: JsonValue[];
  readonly refusalLogprobs: JsonValue[];
  readonly extensions: Map<string, JsonValue | JsonValue[]>;
  finish: CollectedChoice["finish"];
}

/** Collects the events of one answer. Their number and size are the caller's to bound. */
export function collectAnswer(events: readonly ChatEvent[]): CollectedAnswer {
  let start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  let usage: Usage | undefined;
  let fault: UpstreamFault | undefined;
  const drafts = new Map<number, Draft>();
  for (const event of events) {
    if ("choice" in event) addToChoice(draftOf(drafts, event.choice), event);
    else if (event.type === "start") start ??= event;
    else if (event.type === "usage") usage = event.usage;
    else if (event.type === "fault") fault ??= event.fault;
  }
  return {
    id: start?.id,
    model: start?.model,
    createdSeconds: start?.createdSeconds,
    choices: [...drafts].sort(byIndex).map(([index, draft]) => toChoice(index, draft)),
    usage,
    fault,
  };
}

function draftOf(drafts: Map<number, Draft>, index: number): Draft {
  const existing = drafts.get(index);
  if (existing !== undefined) return existing;
  const draft: Draft = {
    text: "",
    reasoning: "",
    refusal: "",
    toolCalls: new Map(),
    logprobs: [],
    refusalLogprobs: [],
    extensions: new Map(),
    finish: undefined,
  };
  drafts.set(index, draft);
  return draft;
}

function addToChoice(draft: Draft, event: Extract<ChatEvent, { readonly choice: number }>): void {
  switch (event.type) {
    case "text":
      draft.text += event.text;
      break;
    case "reasoning":
      draft.reasoning += event.text;
      break;
    case "refusal":
      draft.refusal += event.text;
      break;
    case "tool_call": {
      const { id, kind, name } = event;
      draft.toolCalls.set(event.index, { id, kind, name, input: "" });
      break;
    }
    case "tool_input": {
      const call = draft.toolCalls.get(event.index);
      if (call !== undefined) call.input += event.text;
      break;
    }
    case "logprobs":
      for (const entry of event.content ?? []) draft.logprobs.push(entry);
      for (const entry of event.refusal ?? []) draft.refusalLogprobs.push(entry);
      break;
    case "extension":
      addExtension(draft.extensions, event.name, event.value);
      break;
    case "finish":
      draft.finish = { reason: event.reason, raw: event.raw };
      break;
    case "signature":
      break; // No JSON form written so far has a place for it.
  }
}

function addExtension(extensions: Draft["extensions"], name: string, value: JsonValue): void {
  const collected = extensions.get(name);
  if (!Array.isArray(value)) extensions.set(name, value);
  else if (!Array.isArray(collected)) extensions.set(name, [...value]);
  else for (const item of value) collected.push(item);
}

function toChoice(index: number, draft: Draft): CollectedChoice {
  const toolCalls = [...draft.toolCalls].sort(byIndex).map(([, call]) => call);
  return { ...draft, index, toolCalls };
}

function byIndex([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b;
}
