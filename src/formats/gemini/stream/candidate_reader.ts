/**
 * Reads one candidate of an answer, piece by piece.
 *
 * Texts come in pieces without borders: as long as one of the same kind follows, they are one block. Calls
 * come whole, or name by name and value by value; one of these is told when it is whole, because a value may
 * come for any place in it.
 *
 * @module
 */

import type { ChatEvent, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { citationsOf } from "../answer/citations.ts";
import { readPart, sealOf } from "../answer/decode_part.ts";
import { decodeFinish, isFailedCall } from "../answer/finish_reason.ts";
import { decodeLogprobs } from "../answer/logprobs.ts";
import { PartialArgs } from "../answer/partial_args.ts";
import { makeCallId } from "../call_id.ts";
import { NAME } from "../name.ts";

/** More than any model writes; an endless stream of new blocks would otherwise fill memory. */
const MAX_BLOCKS = 4_096;

/** What a candidate says beside its parts and has no neutral word. */
const NATIVE_FIELDS: readonly string[] = [
  "safetyRatings",
  "citationMetadata",
  "groundingMetadata",
  "urlContextMetadata",
  "avgLogprobs",
];

/** What the candidates of one answer share. */
export interface AnswerNumbers {
  /** Blocks that have begun. */
  blocks: number;
  /** Calls that have begun. */
  calls: number;
  /** The provider's name for the answer; empty where it has none. */
  answerId: string;
}

interface OpenText {
  readonly block: number;
  readonly kind: "text" | "reasoning";
}

interface OpenCall {
  readonly call: JsonObject;
  seal: Seal | undefined;
  readonly pieces: PartialArgs;
}

export class CandidateReader {
  readonly #choice: number;
  readonly #numbers: AnswerNumbers;
  readonly #passesFailedCalls: boolean;
  #text: OpenText | undefined;
  #call: OpenCall | undefined;
  #hasOutput = false;
  #hasToolCalls = false;
  readonly #cited = new Set<string>();

  constructor(choice: number, numbers: AnswerNumbers, passesFailedCalls: boolean) {
    this.#choice = choice;
    this.#numbers = numbers;
    this.#passesFailedCalls = passesFailedCalls;
  }

  read(candidate: JsonObject, events: ChatEvent[]): void {
    const { content } = candidate;
    const parts = isJsonObject(content) && Array.isArray(content["parts"]) ? content["parts"] : [];
    for (const part of parts) if (isJsonObject(part)) this.#readPart(part, events);
    this.#readBesides(candidate, events);
    const finish = decodeFinish(candidate, this.#choice, this.#hasToolCalls);
    if (finish === undefined) return;
    this.end(events);
    // Without it the answer would look as if the model had nothing to say.
    if (isFailedCall(finish.raw) && !this.#hasOutput && !this.#passesFailedCalls) {
      const message = textOf(candidate["finishMessage"]) || "The model failed at calling a tool";
      events.push({
        type: "fault",
        fault: { message, code: finish.raw.toLowerCase(), status: 502, mayBePaid: true },
      });
    } else events.push({ ...finish, ...this.#reasonNow(finish.reason) });
  }

  /** Ends whatever is open. */
  end(events: ChatEvent[]): void {
    this.#endCall(events);
    this.#endText(events);
  }

  /** A call may become whole only at the end. */
  #reasonNow(reason: string): { readonly reason?: "tool_calls" } {
    return reason === "stop" && this.#hasToolCalls ? { reason: "tool_calls" } : {};
  }

  #readPart(part: JsonObject, events: ChatEvent[]): void {
    const said = readPart(part);
    const seal = sealOf(part);
    if (said?.kind === "call") {
      this.#readCall(said.call, seal, events);
      return;
    }
    if (said === undefined || said.kind === "whole") {
      if (said !== undefined) {
        this.end(events);
        this.#addWhole(
          { type: "block_start", choice: this.#choice, block: 0, part: said.part },
          events,
        );
      }
      this.#addSeal(seal, events);
      return;
    }
    const { kind, text } = said;
    if (text !== "") {
      this.#endCall(events);
      this.#addText(kind, text, events);
    }
    this.#addSeal(seal, events);
  }

  #addText(kind: OpenText["kind"], text: string, events: ChatEvent[]): void {
    this.#hasOutput = true;
    if (this.#text?.kind === kind) {
      events.push({ type: "block_delta", block: this.#text.block, text });
      return;
    }
    this.#endText(events);
    const block = this.#nextBlock(events);
    this.#text = { block, kind };
    events.push(
      { type: "block_start", choice: this.#choice, block, part: { type: kind, text: "" } },
      { type: "block_delta", block, text },
    );
  }

  /** The seal of the text that is open, or one that stands for itself. */
  #addSeal(seal: Seal | undefined, events: ChatEvent[]): void {
    if (seal === undefined) return;
    if (this.#text !== undefined) {
      events.push({ type: "block_seal", block: this.#text.block, seal });
      return;
    }
    this.#endCall(events);
    const part = { type: "sealed", seal } as const;
    this.#addWhole({ type: "block_start", choice: this.#choice, block: 0, part }, events);
  }

  #readCall(call: JsonObject, seal: Seal | undefined, events: ChatEvent[]): void {
    const isNew = textOf(call["name"]) !== "";
    if (isNew) {
      this.end(events);
      this.#call = { call, seal, pieces: new PartialArgs() };
    }
    const open = this.#call;
    if (open === undefined) {
      // The end of a call that is over is said by a call without anything in it.
      if (Object.keys(call).length > 0) events.push(broken("has a call of a tool without a name"));
      return;
    }
    open.seal ??= seal;
    if (call["partialArgs"] !== undefined && !open.pieces.add(call["partialArgs"])) {
      events.push(broken("has arguments of a call that belong nowhere"));
    }
    if (call["willContinue"] !== true) this.#endCall(events);
  }

  #endCall(events: ChatEvent[]): void {
    const open = this.#call;
    if (open === undefined) return;
    this.#call = undefined;
    this.#hasToolCalls = true;
    const { call, seal, pieces } = open;
    const args = isJsonObject(call["args"]) ? call["args"] : {};
    const part = {
      type: "tool_call",
      callId: textOf(call["id"]) || this.#makeCallId(),
      kind: "function",
      name: textOf(call["name"]),
      input: JSON.stringify({ ...args, ...pieces.toJson() }),
      ...(seal !== undefined && { seal }),
    } as const;
    this.#numbers.calls++;
    this.#addWhole({ type: "block_start", choice: this.#choice, block: 0, part }, events);
  }

  /** The same in every reading of the answer; empty where that cannot be, and the encoder makes one. */
  #makeCallId(): string {
    const { answerId, calls } = this.#numbers;
    return answerId === "" ? "" : makeCallId(answerId, calls);
  }

  #addWhole(start: Extract<ChatEvent, { type: "block_start" }>, events: ChatEvent[]): void {
    this.#endText(events);
    this.#hasOutput ||= start.part.type !== "sealed";
    const block = this.#nextBlock(events);
    events.push({ ...start, block }, { type: "block_end", block });
  }

  #endText(events: ChatEvent[]): void {
    if (this.#text !== undefined) events.push({ type: "block_end", block: this.#text.block });
    this.#text = undefined;
  }

  #nextBlock(events: ChatEvent[]): number {
    if (this.#numbers.blocks === MAX_BLOCKS) {
      events.push(broken(`has more than ${MAX_BLOCKS} parts`));
    }
    return this.#numbers.blocks++;
  }

  #readBesides(candidate: JsonObject, events: ChatEvent[]): void {
    const choice = this.#choice;
    if (this.#text?.kind === "text") {
      const { block } = this.#text;
      for (const citation of citationsOf(candidate)) {
        // What was said so far is said again with every event.
        if (citation.url === undefined || this.#cited.has(citation.url)) continue;
        this.#cited.add(citation.url);
        events.push({ type: "block_citation", block, citation });
      }
    }
    const content = decodeLogprobs(candidate["logprobsResult"]);
    if (content.length > 0) events.push({ type: "logprobs", choice, content });
    for (const name of NATIVE_FIELDS) {
      const value = candidate[name] ?? null;
      if (value !== null) events.push({ type: "native", choice, format: NAME, name, value });
    }
  }
}

function broken(what: string): ChatEvent {
  const message = `The provider's answer breaks its protocol: it ${what}`;
  return { type: "fault", fault: { message, status: 502 } };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
