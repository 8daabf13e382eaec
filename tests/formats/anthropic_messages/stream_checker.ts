/**
 * Checks a Messages stream against the rules that its clients rely on.
 *
 * A machine of its own: it shares nothing with what writes such streams, its reader of server-sent
 * events included, so that no mistake can be in both.
 *
 * @module
 */

import {
  type Block,
  DELTAS_OF_BLOCK,
  fieldProblem,
  type StreamEvent,
  type Usage,
} from "./event_fields.ts";
import { type Frame, readFrames } from "./sse_frames.ts";

/** Sentences about what is wrong, in the order of the stream; none where all is right. */
export function checkMessagesStream(stream: Uint8Array | string): readonly string[] {
  const checker = new StreamChecker();
  let frames: ReturnType<typeof readFrames>;
  try {
    frames = readFrames(stream);
  } catch {
    return ["the stream is no UTF-8"];
  }
  for (const frame of frames.frames) checker.take(frame);
  if (frames.unfinished !== "") checker.refuse(`the stream ends within a frame`);
  checker.end();
  return checker.problems;
}

type Phase = "before" | "blocks" | "finished" | "over";

/** Reasons with which a call may end in the middle of its input. */
const CUT_SHORT = ["max_tokens", "model_context_window_exceeded", "refusal"];

/** What is known of the block that is open. */
interface OpenBlock {
  readonly index: number;
  readonly block: Block;
  json: string;
  isSigned: boolean;
}

class StreamChecker {
  readonly problems: string[] = [];
  #phase: Phase = "before";
  #number = 0;
  #nextIndex = 0;
  #open: OpenBlock | undefined;
  /** The blocks so far. */
  readonly #types = new Set<string>();
  readonly #toolIds = new Set<string>();
  readonly #highest = new Map<string, number>();
  /** Sentences about inputs that are no object, which is right only where the answer was cut. */
  readonly #brokenInputs: string[] = [];

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  take({ event: name, data }: Frame): void {
    this.#number++;
    let event: StreamEvent;
    try {
      event = JSON.parse(data);
    } catch {
      return this.refuse(`event ${this.#number}: its data is no JSON: ${data.slice(0, 80)}`);
    }
    const type = String(event?.type);
    const refuse = (problem: string) => this.refuse(`event ${this.#number} (${type}): ${problem}`);
    if (name === undefined) refuse("its frame has no event name");
    else if (name !== type) refuse(`its frame is named "${name}"`);
    const wrongField = fieldProblem(type, event);
    if (wrongField !== undefined) refuse(wrongField);
    else this.#step(event, refuse);
  }

  end(): void {
    if (this.#phase !== "over") this.refuse("the stream ends without message_stop or an error");
  }

  #step(event: StreamEvent, refuse: (problem: string) => void): void {
    if (this.#phase === "over") return refuse("it comes after the end");
    if (event.type === "ping") return;
    if (event.type === "error") {
      this.#phase = "over";
      return;
    }
    if (event.type === "message_start") return this.#start(event, refuse);
    if (this.#phase === "before") return refuse("it comes before message_start");
    if (event.type === "message_stop") return this.#stop(refuse);
    if (this.#phase === "finished") return refuse("it comes after message_delta");
    switch (event.type) {
      case "content_block_start":
        return this.#startBlock(event, refuse);
      case "content_block_delta":
        return this.#addToBlock(event, refuse);
      case "content_block_stop":
        return this.#stopBlock(event, refuse);
      case "message_delta":
        return this.#finish(event, refuse);
    }
  }

  #start({ message }: StreamEvent, refuse: (problem: string) => void): void {
    if (this.#phase !== "before") return refuse("the message has started before");
    this.#phase = "blocks";
    if (message.content.length > 0) refuse("its message has content already");
    this.#count(message.usage, refuse);
  }

  #startBlock({ index, content_block: block }: StreamEvent, refuse: (problem: string) => void) {
    if (this.#open !== undefined) refuse(`block ${this.#open.index} is still open`);
    if (index !== this.#nextIndex) refuse(`its index is ${index} and not ${this.#nextIndex}`);
    this.#nextIndex = index + 1;
    this.#open = { index, block, json: "", isSigned: false };
    this.#types.add(block.type);
    if (!isToolUse(block)) return;
    if (this.#toolIds.has(block.id)) refuse(`the id ${block.id} is that of an earlier call`);
    this.#toolIds.add(block.id);
  }

  #addToBlock({ index, delta }: StreamEvent, refuse: (problem: string) => void): void {
    const open = this.#open;
    if (open?.index !== index) return refuse(`block ${index} is not open`);
    const { block } = open;
    if (!(DELTAS_OF_BLOCK[block.type] ?? []).includes(delta.type)) {
      return refuse(`a ${delta.type} does not belong into a block of ${block.type}`);
    }
    if (delta.type === "input_json_delta") open.json += delta.partial_json;
    if (open.isSigned) refuse(`block ${index} has its signature already`);
    if (delta.type === "signature_delta") open.isSigned = true;
  }

  #stopBlock({ index }: StreamEvent, refuse: (problem: string) => void): void {
    const open = this.#open;
    if (open?.index !== index) return refuse(`block ${index} is not open`);
    this.#open = undefined;
    if (!isToolUse(open.block) || open.json.trim() === "") return;
    if (Object.keys(open.block.input).length > 0) refuse("its input came whole and in parts");
    if (isObjectText(open.json)) return;
    this.#brokenInputs.push(
      `event ${this.#number} (content_block_stop): ` +
        `the input of its call is no JSON object: ${open.json}`,
    );
  }

  #finish({ delta, usage }: StreamEvent, refuse: (problem: string) => void): void {
    if (this.#open !== undefined) refuse(`block ${this.#open.index} is still open`);
    this.#phase = "finished";
    this.#count(usage, refuse);
    const { stop_reason: reason, stop_sequence: sequence } = delta;
    if ((reason === "stop_sequence") !== (sequence !== null)) {
      refuse(`the stop reason is ${reason} and the stop sequence ${JSON.stringify(sequence)}`);
    }
    if (!CUT_SHORT.includes(reason)) this.problems.push(...this.#brokenInputs);
    const hasCall = this.#types.has("tool_use");
    if (reason === "tool_use" && !hasCall) refuse("the stop reason is tool_use without a call");
    if (reason === "end_turn" && hasCall) refuse("the stop reason is end_turn beside a call");
  }

  #stop(refuse: (problem: string) => void): void {
    if (this.#phase !== "finished") refuse("there was no message_delta");
    this.#phase = "over";
  }

  /** Each counter is a total so far. */
  #count(usage: Usage, refuse: (problem: string) => void): void {
    for (const [name, count] of Object.entries(usage)) {
      if (typeof count !== "number" || !name.endsWith("_tokens")) continue;
      const highest = this.#highest.get(name) ?? 0;
      if (count < highest) refuse(`${name} shrinks from ${highest} to ${count}`);
      this.#highest.set(name, count);
    }
  }
}

function isToolUse({ type }: Block): boolean {
  return DELTAS_OF_BLOCK[type]?.includes("input_json_delta") ?? false;
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
