/**
 * Puts the events of an answer together to the answer itself, for JSON replies.
 *
 * @module
 */

import type {
  ChatEvent,
  Citation,
  FormatName,
  Part,
  ProviderFault,
  Seal,
  Usage,
} from "../core/chat/chat.ts";
import type { JsonValue } from "../core/text/json.ts";

type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

/** One of the answers to a request. */
export interface CollectedChoice {
  readonly index: number;
  /** In the order in which they began. */
  readonly parts: readonly Part[];
  readonly logprobs: readonly JsonValue[];
  readonly refusalLogprobs: readonly JsonValue[];
  readonly natives: readonly CollectedNative[];
  /** The last one seen. */
  readonly finish: Omit<Finish, "type" | "choice"> | undefined;
}

/** In order of appearance; lists of one name are joined, of other values the last one counts. */
export interface CollectedNative {
  readonly format: FormatName;
  readonly name: string;
  readonly value: JsonValue;
}

/** A whole answer. */
export interface CollectedAnswer {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly createdSeconds: number | undefined;
  /** In order of their index. */
  readonly choices: readonly CollectedChoice[];
  readonly usage: Usage | undefined;
  readonly fault: ProviderFault | undefined;
}

/** A part while it grows. */
interface PartDraft {
  readonly part: Part;
  more: string;
  seal: Seal | undefined;
  readonly citations: Citation[];
}

/** A choice while it grows. */
interface ChoiceDraft {
  readonly parts: PartDraft[];
  readonly logprobs: JsonValue[];
  readonly refusalLogprobs: JsonValue[];
  readonly natives: Map<string, CollectedNative>;
  finish: CollectedChoice["finish"];
}

/** Collects the events of one answer. Their number and size are the caller's to bound. */
export function collectAnswer(events: readonly ChatEvent[]): CollectedAnswer {
  let start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  let usage: Usage | undefined;
  let fault: ProviderFault | undefined;
  const choices = new Map<number, ChoiceDraft>();
  const blocks = new Map<number, PartDraft>();
  for (const event of events) {
    switch (event.type) {
      case "block_start": {
        const draft = { part: event.part, more: "", seal: undefined, citations: [] };
        blocks.set(event.block, draft);
        draftOf(choices, event.choice).parts.push(draft);
        break;
      }
      case "block_delta": {
        const draft = blocks.get(event.block);
        if (draft !== undefined) draft.more += event.text;
        break;
      }
      case "block_seal": {
        const draft = blocks.get(event.block);
        if (draft !== undefined) draft.seal = event.seal;
        break;
      }
      case "block_citation":
        blocks.get(event.block)?.citations.push(event.citation);
        break;
      case "start":
        start ??= event;
        break;
      case "usage":
        usage = event.usage;
        break;
      case "fault":
        fault ??= event.fault;
        break;
      case "block_end":
      case "end":
        break;
      default:
        addToChoice(draftOf(choices, event.choice), event);
    }
  }
  return {
    id: start?.id,
    model: start?.model,
    createdSeconds: start?.createdSeconds,
    choices: [...choices].sort(byIndex).map(([index, draft]) => toChoice(index, draft)),
    usage,
    fault,
  };
}

function draftOf(drafts: Map<number, ChoiceDraft>, index: number): ChoiceDraft {
  const existing = drafts.get(index);
  if (existing !== undefined) return existing;
  const draft: ChoiceDraft = {
    parts: [],
    logprobs: [],
    refusalLogprobs: [],
    natives: new Map(),
    finish: undefined,
  };
  drafts.set(index, draft);
  return draft;
}

function addToChoice(
  draft: ChoiceDraft,
  event: Extract<ChatEvent, { readonly type: "logprobs" | "native" | "finish" }>,
): void {
  switch (event.type) {
    case "logprobs":
      for (const entry of event.content ?? []) draft.logprobs.push(entry);
      for (const entry of event.refusal ?? []) draft.refusalLogprobs.push(entry);
      break;
    case "native":
      addNative(draft.natives, event);
      break;
    case "finish": {
      const { type: _, choice: __, ...finish } = event;
      draft.finish = finish;
      break;
    }
  }
}

function addNative(
  natives: ChoiceDraft["natives"],
  { format, name, value }: CollectedNative,
): void {
  const key = `${format} ${name}`;
  const collected = natives.get(key)?.value;
  if (!Array.isArray(value)) natives.set(key, { format, name, value });
  else if (!Array.isArray(collected)) natives.set(key, { format, name, value: [...value] });
  else for (const item of value) collected.push(item);
}

function toChoice(index: number, draft: ChoiceDraft): CollectedChoice {
  return {
    ...draft,
    index,
    parts: draft.parts.flatMap(toParts),
    natives: [...draft.natives.values()],
  };
}

function toParts({ part, more, seal, citations }: PartDraft): readonly Part[] {
  switch (part.type) {
    case "text": {
      const all = [...part.citations ?? [], ...citations];
      const text = { ...part, text: part.text + more, ...(all.length > 0 && { citations: all }) };
      return [{ ...text, ...sealedBy(seal) }];
    }
    case "reasoning":
      return [{ ...part, text: part.text + more, ...sealedBy(seal) }];
    case "refusal":
      return [{ ...part, text: part.text + more }];
    case "tool_call":
      return [{ ...part, input: part.input + more, ...sealedBy(seal) }];
    default:
      return [part];
  }
}

function sealedBy(seal: Seal | undefined): { readonly seal?: Seal } {
  return seal === undefined ? {} : { seal };
}

function byIndex([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b;
}
