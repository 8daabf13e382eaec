/** Follows an answer through its events: what is known of it so far. */

import type { ChatEvent, FinishReason, Part, ProviderFault, Usage } from "./chat.ts";
import type { StreamProgress } from "../format.ts";
import { HeardText } from "./heard_text.ts";

export class EventProgress implements StreamProgress {
  hasOutput = false;
  model: string | undefined;
  answerId: string | undefined;
  finishReason: string | undefined;
  isFinished = false;
  hasEnded = false;
  readonly heardText = new HeardText();
  fault: ProviderFault | undefined;
  malformedEvents = 0;
  #usage: Usage | undefined;
  readonly #choices: number;
  /** Choices that have said anything; kept only where several were asked for. */
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  /**
   * Choices whose last finish is to be believed only once the end mark has come: the word is not known,
   * or more of the choice followed it.
   */
  readonly #doubtful = new Set<number>();
  /** The choice of each block that is open. */
  readonly #choiceOfBlock = new Map<number, number>();

  /** @param choices Choices asked for; the answer is finished when as many have finished. */
  constructor(choices: number) {
    this.#choices = choices;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  set usage(usage: Usage | undefined) {
    this.#usage = usage;
  }

  get isFinishedByEnd(): boolean {
    const isFinished = (choice: number) => this.#finished.has(choice) || this.#doubtful.has(choice);
    return this.finishReason !== undefined && this.#begun.values().every(isFinished);
  }

  /** Whether a choice that was asked for has said nothing yet. */
  get lacksChoice(): boolean {
    return this.#choices > 1 && this.#begun.size < this.#choices;
  }

  /** Whether the end or a fault was seen, so that nothing counts any more. */
  get isOver(): boolean {
    return this.hasEnded || this.fault !== undefined;
  }

  /** Takes one event into account. What follows an end or a fault does not count. */
  note(event: ChatEvent): void {
    if (this.isOver) return;
    if (this.#choices > 1 && "choice" in event) this.#begun.add(event.choice);
    switch (event.type) {
      case "start":
        this.model ??= event.model;
        this.answerId ??= event.id;
        break;
      case "block_start":
        this.#choiceOfBlock.set(event.block, event.choice);
        if (beginsWithOutput(event.part)) this.#noteOutput(event.choice);
        break;
      case "block_delta":
        // Before any choice has finished there is nothing to be doubted.
        if (this.finishReason === undefined) this.hasOutput = true;
        else this.#noteOutput(this.#choiceOfBlock.get(event.block) ?? 0);
        break;
      case "block_end":
        this.#choiceOfBlock.delete(event.block);
        break;
      case "native":
        // Sound comes so; a word such as Groq's `channel` is no output.
        if (typeof event.value === "object") this.hasOutput = true;
        break;
      case "finish":
        this.finishReason = event.raw;
        this.#noteFinish(event.choice, event.reason);
        break;
      case "usage":
        this.usage = event.usage;
        break;
      case "fault":
        this.fault = event.fault;
        break;
      case "end":
        this.hasEnded = true;
        break;
    }
  }

  #noteOutput(choice: number): void {
    this.hasOutput = true;
    if (this.finishReason === undefined || !this.#finished.delete(choice)) return;
    this.#doubtful.add(choice);
    this.isFinished = false;
  }

  #noteFinish(choice: number, reason: FinishReason): void {
    (reason === "other" ? this.#doubtful : this.#finished).add(choice);
    this.isFinished = this.#finished.size >= this.#choices;
  }
}

/** A text that has no word yet is none. */
function beginsWithOutput(part: Part): boolean {
  return part.type === "text" || part.type === "reasoning" || part.type === "refusal"
    ? part.text !== ""
    : true;
}
