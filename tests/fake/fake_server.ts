/** Starts the fake server on a free port for one test, with a clock that takes notes. */

import type { Hono } from "hono";
import type { Clock } from "../../src/core/clock.ts";
import { createFakeApp } from "../../src/fake/app.ts";
import type { AnswerEvent } from "../../src/fake/options.ts";

/** The largest body that servers of these tests accept. */
export const MAX_BODY_BYTES = 100_000;

export class FakeServer implements AsyncDisposable {
  /** What the server told of its answers. */
  readonly events: AnswerEvent[] = [];
  /** The waits that were asked of the clock. */
  readonly delaysMs: number[] = [];
  /** Waits that are neither over nor cancelled. */
  pendingTimers = 0;
  /** The app itself, for answers without a socket. */
  readonly app: Hono;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  #onEvent = () => {};

  /** With `isInstant`, every wait is over in the next turn of the event loop. */
  constructor({ isInstant = false } = {}) {
    const clock: Clock = {
      nowMs: () => performance.now(),
      epochMs: () => 1_700_000_000_999,
      schedule: (delayMs, callback) => {
        this.delaysMs.push(delayMs);
        this.pendingTimers += 1;
        let isPending = true;
        const end = () => {
          if (isPending) this.pendingTimers -= 1;
          isPending = false;
        };
        const timer = setTimeout(() => (end(), callback()), isInstant ? 0 : delayMs);
        return () => (end(), clearTimeout(timer));
      },
    };
    this.app = createFakeApp({
      clock,
      random: Math.random,
      maxBodyBytes: MAX_BODY_BYTES,
      onAnswer: (event) => {
        this.events.push(event);
        this.#onEvent();
      },
    });
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#stop.signal,
      onListen() {},
    }, this.app.fetch);
  }

  /** Address without a path. */
  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Settles as soon as the server has told this event. */
  async until(event: AnswerEvent): Promise<void> {
    while (!this.events.includes(event)) {
      await new Promise<void>((resolve) => this.#onEvent = resolve);
    }
  }

  /** Asks for a chat completion with one user message. */
  chat(
    prompt: string,
    body: Record<string, unknown> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const messages = [{ role: "user", content: prompt }];
    return this.post("/v1/chat/completions", { model: "any-model", messages, ...body }, init);
  }

  /** Asks for a message with one prompt. */
  message(
    prompt: string,
    body: Record<string, unknown> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const messages = [{ role: "user", content: prompt }];
    const whole = { model: "any-model", max_tokens: 1_000_000, messages, ...body };
    return this.post("/v1/messages", whole, init);
  }

  /** Asks for a response with one prompt. */
  respond(prompt: string, body: Record<string, unknown> = {}): Promise<Response> {
    const input = [{ role: "user", content: prompt }];
    return this.post("/v1/responses", { model: "any-model", input, ...body });
  }

  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not `shutdown()`: in Deno 2.4 it waits for kept-alive connections that had a stream.
    this.#stop.abort();
    await this.#server.finished;
  }
}

/** The data of the events in an SSE text; fails on anything that is neither event nor comment. */
export function eventsOf(text: string): string[] {
  const blocks = text.split("\n\n");
  if (blocks.pop() !== "") throw new Error(`The stream ends within an event: ${text}`);
  return blocks.filter((block) => !block.startsWith(":")).map((block) => {
    if (!block.startsWith("data: ") || block.includes("\n")) throw new Error(`No event: ${block}`);
    return block.slice("data: ".length);
  });
}

/** Reads a body that breaks off: what came until then, and whether it ended properly. */
export async function readBroken(response: Response): Promise<{ text: string; ended: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text, ended: true };
  } catch {
    return { text, ended: false };
  }
}
