/** What is said with one model: turns, the answer as it grows, and the events below it. */

import { signal } from "@preact/signals";
import { parsed, send, sendOnSocket } from "./send.ts";
import type { Asked, Surface, Turn } from "./surface.ts";

export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly tool: string;
  readonly error: string;
  readonly status: number;
  readonly requestId: string;
  readonly warning: string;
  readonly firstTokenMs: number | undefined;
  readonly tookMs: number | undefined;
}

const NOTHING: Answer = {
  text: "",
  reasoning: "",
  tool: "",
  error: "",
  status: 0,
  requestId: "",
  warning: "",
  firstTokenMs: undefined,
  tookMs: undefined,
};

const MAX_FRAMES = 1_000;
const MAX_FRAME_CHARACTERS = 4_000;

export class Conversation {
  readonly turns = signal<readonly Turn[]>([]);
  readonly answer = signal<Answer | undefined>(undefined);
  /** The newest last. */
  readonly frames = signal<readonly string[]>([]);
  readonly isRunning = signal(false);
  #controller = new AbortController();

  clear(): void {
    this.stop();
    this.turns.value = [];
    this.answer.value = undefined;
    this.frames.value = [];
  }

  stop(): void {
    this.#controller.abort();
  }

  /** Says something, and listens until the answer is over, whatever becomes of it. */
  async say(
    turn: Turn,
    surface: Surface,
    asked: Omit<Asked, "turns">,
    token: string | undefined,
  ): Promise<void> {
    this.#settle();
    this.turns.value = [...this.turns.value, turn];
    this.frames.value = [];
    this.answer.value = NOTHING;
    this.isRunning.value = true;
    this.#controller = new AbortController();
    const sinceMs = performance.now();
    const prepared = surface.prepare({ ...asked, turns: this.turns.value });
    const heard = {
      onHead: (status: number, headers: Headers | undefined) =>
        this.#add({
          status,
          requestId: headers?.get("x-request-id") ?? "",
          warning: headers?.get("x-weir-warning") ?? "",
        }),
      onFrame: (frame: string) => this.#take(frame, surface, sinceMs),
    };
    const go = surface.isSocket ? sendOnSocket : send;
    try {
      await go(prepared, token, heard, this.#controller.signal);
    } catch (failure) {
      const isStopped = this.#controller.signal.aborted;
      this.#add({
        error: isStopped ? "Stopped" : String(failure instanceof Error ? failure.message : failure),
      });
    }
    this.#add({ tookMs: performance.now() - sinceMs });
    this.isRunning.value = false;
  }

  /** The last answer becomes a turn of the conversation. */
  #settle(): void {
    const { text = "" } = this.answer.value ?? {};
    if (text !== "") this.turns.value = [...this.turns.value, { role: "assistant", text }];
    else if (this.answer.value !== undefined) this.turns.value = this.turns.value.slice(0, -1);
  }

  #take(frame: string, surface: Surface, sinceMs: number): void {
    const shown = frame.length > MAX_FRAME_CHARACTERS
      ? `${frame.slice(0, MAX_FRAME_CHARACTERS)}… ${frame.length} characters`
      : frame;
    this.frames.value = [...this.frames.value, shown].slice(-MAX_FRAMES);
    const { text = "", reasoning = "", tool = "", error = "" } = surface.read(parsed(frame));
    const answer = this.answer.value ?? NOTHING;
    const isFailed = answer.status >= 400 && error === "";
    this.#add({
      text: answer.text + text,
      reasoning: answer.reasoning + reasoning,
      tool: answer.tool + tool,
      error: answer.error + (isFailed ? shown : error),
      firstTokenMs: answer.firstTokenMs ??
        (text + reasoning + tool === "" ? undefined : performance.now() - sinceMs),
    });
  }

  #add(part: Partial<Answer>): void {
    this.answer.value = { ...this.answer.value ?? NOTHING, ...part };
  }
}
