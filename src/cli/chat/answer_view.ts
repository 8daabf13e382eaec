/** Shows an answer on the terminal while it comes: its text, its reasoning dimmed, its calls of tools. */

import type { ChatEvent, Part, Usage } from "../../core/chat/chat.ts";
import { dimmed, notify, showAside, write } from "../../host/system/terminal.ts";

/** A part that is being shown. */
type Shown = Part["type"];

export class AnswerView {
  /** What the model has said, for the next turn. */
  text = "";
  /** What the gateway says went wrong. */
  fault: string | undefined;
  readonly #startedMs: number;
  readonly #types = new Map<number, Shown>();
  #last: Shown | undefined;
  #model: string | undefined;
  #usage: Usage | undefined;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  show(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#model = event.model ?? this.#model;
        break;
      case "block_start":
        this.#begin(event.block, event.part);
        break;
      case "block_delta":
        this.#write(this.#types.get(event.block), event.text);
        break;
      case "block_end":
        if (this.#types.get(event.block) === "tool_call") this.#write("tool_call", ")");
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "fault":
        this.fault = event.fault.message;
        break;
    }
  }

  /** Ends the lines, and says what the answer took. */
  close(nowMs: number): void {
    if (this.#last === undefined) return;
    if (this.#last === "text" || this.#last === "refusal") write("\n");
    else showAside("\n");
    const facts = [
      this.#model,
      this.#usage && `${this.#usage.inputTokens} + ${this.#usage.outputTokens} tokens`,
      `${Math.round(nowMs - this.#startedMs)} ms`,
    ];
    notify(dimmed(facts.filter((fact) => fact !== undefined).join(", ")));
  }

  #begin(block: number, part: Part): void {
    this.#types.set(block, part.type);
    if (part.type === "tool_call") this.#write("tool_call", `calls ${part.name}(${part.input}`);
    else if ("text" in part) this.#write(part.type, part.text);
  }

  #write(type: Shown | undefined, text: string): void {
    if (type === undefined || text === "") return;
    const isAnswer = type === "text" || type === "refusal";
    // What comes after another kind of part begins a line.
    if (this.#last !== undefined && this.#last !== type) {
      if (isAnswer) showAside("\n");
      else write("\n");
    }
    this.#last = type;
    if (isAnswer) {
      this.text += text;
      write(text);
    } else {
      showAside(dimmed(text));
    }
  }
}
