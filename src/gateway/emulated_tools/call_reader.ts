/**
 * Makes tool calls of what a model without tools has written: events of an answer in, events of the same answer
 * with its calls as parts of their own out.
 *
 * @module
 */

import type { ChatEvent, FinishReason, ProviderFault, Usage } from "../../core/chat/chat.ts";
import { CallScanner, type Piece } from "./call_scanner.ts";
import { sumOf } from "../../core/chat/usage.ts";
import type { ToolCall } from "./read_calls.ts";
import {
  type EmulatedTools,
  type FailedCall,
  INVALID_CALL,
  MISSING_CALL,
} from "./emulated_tools.ts";

type Started = Extract<ChatEvent, { readonly type: "block_start" }>;

/** One of the answers to a request. */
interface Choice {
  readonly index: number;
  readonly scanner: CallScanner;
  /** Number of the text block that is open towards the client. */
  textBlock: number | undefined;
  calls: number;
  /** Text that waits for the call that there has to be. */
  readonly waiting: ChatEvent[];
}

/** What has ended so was cut off: nothing that is missing of a call may be made up. */
const CUT_OFF: readonly FinishReason[] = ["length", "content_filter"];

/** Of text that waits for a call, with what each piece of it costs beside its characters. */
const MAX_WAITING_CHARACTERS = 8 << 20;
const PIECE_CHARACTERS = 64;

/** Reads one answer; create one per response. */
export class CallReader {
  readonly #emulated: EmulatedTools;
  readonly #mayAskAgain: () => boolean;
  readonly #isRequired: boolean;
  readonly #choices = new Map<number, Choice>();
  /** The blocks of the provider: the choice whose text it is, or the number it goes by towards the client. */
  readonly #blocks = new Map<number, Choice | number>();
  #nextBlock = 0;
  #waitingCharacters = 0;
  #usage: Usage | undefined;
  #failed: Omit<FailedCall, "usage"> | undefined;
  #events: ChatEvent[] = [];

  /** @param mayAskAgain Whether nothing of the answer has left yet. */
  constructor(emulated: EmulatedTools, mayAskAgain: () => boolean) {
    this.#emulated = emulated;
    this.#isRequired = emulated.choice !== "auto" && emulated.choice !== "none";
    this.#mayAskAgain = () => emulated.failed === undefined && mayAskAgain();
  }

  read(events: readonly ChatEvent[]): readonly ChatEvent[] {
    for (const event of events) this.#readEvent(event);
    return this.#take();
  }

  /** The body ended properly. */
  end(): readonly ChatEvent[] {
    this.#endAll();
    this.#tellFault();
    return this.#take();
  }

  #take(): readonly ChatEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #readEvent(event: ChatEvent): void {
    switch (event.type) {
      case "block_start":
        return this.#startBlock(event);
      case "block_delta": {
        const to = this.#blocks.get(event.block);
        if (typeof to === "object") return this.#write(to, to.scanner.push(event.text));
        break;
      }
      case "block_citation":
      case "block_seal":
      case "block_end":
        // The text of a choice ends with the choice: until then it may be a call.
        if (typeof this.#blocks.get(event.block) === "object") return;
        break;
      case "finish":
        return this.#finish(event);
      case "usage":
        return this.#noteUsage(event.usage);
      case "end":
        this.#endAll();
        this.#tellFault();
        break;
    }
    this.#events.push("block" in event ? { ...event, block: this.#numberOf(event.block) } : event);
  }

  #numberOf(block: number): number {
    const number = this.#blocks.get(block);
    return typeof number === "number" ? number : block;
  }

  #noteUsage(usage: Usage): void {
    this.#usage = usage;
    const before = this.#emulated.failed?.usage;
    this.#events.push({
      type: "usage",
      usage: before === undefined ? usage : sumOf(before, usage),
    });
    if (this.#failed !== undefined) this.#tellFault();
  }

  #startBlock(event: Started): void {
    if (event.part.type !== "text") {
      this.#blocks.set(event.block, this.#nextBlock);
      this.#events.push({ ...event, block: this.#nextBlock++ });
      return;
    }
    const choice = this.#choiceOf(event.choice);
    this.#blocks.set(event.block, choice);
    this.#write(choice, choice.scanner.push(event.part.text));
  }

  #choiceOf(index: number): Choice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const scanner = new CallScanner(this.#emulated.declared, this.#mayAskAgain);
    const choice = { index, scanner, textBlock: undefined, calls: 0, waiting: [] };
    this.#choices.set(index, choice);
    return choice;
  }

  #write(choice: Choice, pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.type === "text") this.#writeText(choice, piece.text);
      else this.#writeCall(choice, piece.call);
    }
  }

  #writeText(choice: Choice, text: string): void {
    const isWaiting = this.#isRequired && choice.calls === 0;
    if (isWaiting && !this.#mayWait(text)) return;
    const events = isWaiting ? choice.waiting : this.#events;
    if (choice.textBlock !== undefined) {
      events.push({ type: "block_delta", block: choice.textBlock, text });
      return;
    }
    const block = choice.textBlock = this.#nextBlock++;
    events.push({ type: "block_start", choice: choice.index, block, part: { type: "text", text } });
  }

  #mayWait(text: string): boolean {
    this.#waitingCharacters += text.length + PIECE_CHARACTERS;
    if (this.#waitingCharacters <= MAX_WAITING_CHARACTERS) return true;
    this.#events.push({ type: "fault", fault: TOO_LONG_FAULT });
    return false;
  }

  #writeCall(choice: Choice, { tool: { kind, name }, input }: ToolCall): void {
    // A client that wants one call at a time asks again with its result.
    if (!this.#emulated.isParallel && choice.calls > 0) return;
    choice.calls++;
    this.#letWaitingGo(choice);
    this.#endText(choice);
    const block = this.#nextBlock++;
    const part = { type: "tool_call", callId: "", kind, name, input } as const;
    this.#events.push({ type: "block_start", choice: choice.index, block, part });
    this.#events.push({ type: "block_end", block });
  }

  #letWaitingGo({ waiting }: Choice): void {
    this.#events.push(...waiting.splice(0));
  }

  #endText(choice: Choice): void {
    if (choice.textBlock === undefined) return;
    this.#events.push({ type: "block_end", block: choice.textBlock });
    choice.textBlock = undefined;
  }

  #finish(event: Extract<ChatEvent, { readonly type: "finish" }>): void {
    const choice = this.#choiceOf(event.choice);
    const isCutOff = CUT_OFF.includes(event.reason);
    this.#write(choice, choice.scanner.end(!isCutOff));
    const { problems, held } = choice.scanner;
    const lacksCall = this.#isRequired && choice.calls === 0 && !isCutOff;
    if (problems !== undefined || (lacksCall && this.#mayAskAgain())) {
      const text = textOf(choice.waiting) + held;
      this.#failed = { text, problems: problems ?? ["No tool was called, but one must be"] };
      return;
    }
    if (lacksCall) {
      this.#events.push({ type: "fault", fault: NO_CALL_FAULT });
      return;
    }
    this.#letWaitingGo(choice);
    this.#endText(choice);
    const hasCalled = choice.calls > 0 && !isCutOff;
    this.#events.push(hasCalled ? { ...event, reason: "tool_calls" } : event);
  }

  /** What has come behind a finish, or without any. */
  #endAll(): void {
    if (this.#failed !== undefined) return;
    for (const choice of this.#choices.values()) {
      this.#write(choice, choice.scanner.end(false));
      this.#letWaitingGo(choice);
      this.#endText(choice);
    }
  }

  #tellFault(): void {
    if (this.#failed === undefined) return;
    this.#emulated.noteFailure({ ...this.#failed, usage: this.#usage });
    const message = `The model's tool call was not valid: ${this.#failed.problems.join("; ")}`;
    this.#events.push({ type: "fault", fault: { ...FAULT, code: INVALID_CALL, message } });
  }
}

const FAULT = { type: "upstream_error", status: 502 } as const;

const TOO_LONG_FAULT: ProviderFault = {
  message: "The upstream's answer is too long for one that has to call a tool, and has not",
  isUnreadable: true,
};

const NO_CALL_FAULT: ProviderFault = {
  ...FAULT,
  code: MISSING_CALL,
  message:
    "The model called no tool, although one had to be called: ask again, or leave the choice to it",
};

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) =>
    event.type === "block_delta"
      ? event.text
      : event.type === "block_start" && event.part.type === "text"
      ? event.part.text
      : ""
  ).join("");
}
