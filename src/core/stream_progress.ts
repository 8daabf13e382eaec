/** Follows an answer through its events: what is known of it so far. */

import type { ChatEvent, UpstreamFault, Usage } from "./chat_event.ts";
import type { StreamProgress } from "./dialect.ts";

export class EventProgress implements StreamProgress {
  hasOutput = false;
  model: string | undefined;
  finishReason: string | undefined;
  isFinished = false;
  hasEnded = false;
  usage: Usage | undefined;
  fault: UpstreamFault | undefined;
  malformedEvents = 0;
  readonly #choices: number;
  readonly #finished = new Set<number>();

  /** @param choices Choices asked for; the answer is finished when as many have finished. */
  constructor(choices: number) {
    this.#choices = choices;
  }

  /** Whether the end or a fault was seen, so that nothing counts any more. */
  get isOver(): boolean {
    return this.hasEnded || this.fault !== undefined;
  }

  /** Takes one event into account. What follows an end or a fault does not count. */
  note(event: ChatEvent): void {
    if (this.isOver) return;
    switch (event.type) {
      case "start":
        this.model ??= event.model;
        break;
      case "text":
      case "reasoning":
      case "refusal":
        if (event.text !== "") this.hasOutput = true;
        break;
      case "tool_call":
      case "tool_input":
        this.hasOutput = true;
        break;
      case "extension":
        // Images and audio come as extensions; a word such as Groq's `channel` is no output.
        if (typeof event.value === "object") this.hasOutput = true;
        break;
      case "finish":
        this.finishReason = event.raw;
        this.#finished.add(event.choice);
        this.isFinished = this.#finished.size >= this.#choices;
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
}
