/** Whole answers, written. */

import type { ChatEvent, Usage } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { CandidateNotes, encodeLogprobs } from "./candidate_notes.ts";
import { draftOf, encodePart, type PartDraft } from "./content_part.ts";
import { answerNames, wantsThoughts } from "./answer_names.ts";
import { encodeUsage } from "./usage.ts";

/** A candidate while it grows. */
interface Candidate {
  readonly drafts: PartDraft[];
  readonly logprobs: JsonValue[];
  readonly notes: CandidateNotes;
}

/** Writes an answer. */
export function encodeAnswer(events: readonly ChatEvent[], options: EncodeOptions): JsonObject {
  const candidates = new Map<number, Candidate>();
  const blocks = new Map<number, { readonly draft: PartDraft; readonly candidate: Candidate }>();
  let start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  let usage: Usage | undefined;
  for (const event of events) {
    if (event.type === "start") start ??= event;
    else if (event.type === "usage") usage = event.usage;
    else if ("choice" in event) {
      const candidate = candidateOf(candidates, event.choice);
      candidate.notes.note(event);
      if (event.type === "logprobs") candidate.logprobs.push(...event.content ?? []);
      if (event.type !== "block_start") continue;
      const draft = draftOf(event.part);
      candidate.drafts.push(draft);
      blocks.set(event.block, { draft, candidate });
    } else if ("block" in event) {
      const block = blocks.get(event.block);
      block?.candidate.notes.note(event);
      if (block === undefined) continue;
      if (event.type === "block_delta") block.draft.text += event.text;
      if (event.type === "block_seal") block.draft.seal = event.seal;
    }
  }
  if (candidates.size === 0) candidateOf(candidates, 0);
  const showsThoughts = wantsThoughts(options.request);
  return {
    candidates: [...candidates].sort(([left], [right]) => left - right)
      .map(([index, candidate]) => encodeCandidate(index, candidate, showsThoughts)),
    usageMetadata: encodeUsage(usage),
    ...answerNames(start, options),
  };
}

function candidateOf(candidates: Map<number, Candidate>, index: number): Candidate {
  const known = candidates.get(index);
  if (known !== undefined) return known;
  const candidate = { drafts: [], logprobs: [], notes: new CandidateNotes() };
  candidates.set(index, candidate);
  return candidate;
}

function encodeCandidate(
  index: number,
  { drafts, logprobs, notes }: Candidate,
  showsThoughts: boolean,
): JsonObject {
  const parts = drafts
    .filter(({ part }) => showsThoughts || part.type !== "reasoning")
    .map(encodePart)
    .filter((part) => part !== undefined);
  return {
    content: { parts, role: "model" },
    ...notes.end(index),
    ...encodeLogprobs(logprobs),
  };
}
