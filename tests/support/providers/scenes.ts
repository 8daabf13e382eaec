/**
 * The scenes of the strict stand-ins, which a tag in the last message of the user chooses:
 * `[tool]` and `[parallel]` for calls of a tool that came along, `[patch]` for one of Codex's, `[think]` for thinking, `[hold]` for a
 * stream that stays open, `[stream error]` for an error within one, `[error 429]` for one before it,
 * `[error 529 once]` for one that a second try does not meet.
 *
 * @module
 */

const WAIT_MS = 60_000;
const TAG = /\[(tool|parallel|patch|think|hold|stream error|error \d+(?: once)?)\]/g;

/** The tag, without its brackets; empty where there is none. */
export function tagIn(text: string): string {
  return [...text.matchAll(TAG)].at(-1)?.[1] ?? "";
}

/** What one stand-in has been asked for. */
export class Scenes {
  readonly #met = new Set<string>();
  readonly #held = new Set<ReadableStreamDefaultController>();
  readonly #gone = Promise.withResolvers<void>();

  /** The status with which the request is to be refused, if with any. */
  refusal(tag: string): number | undefined {
    const isFirst = !this.#met.has(tag);
    this.#met.add(tag);
    const [, status, once] = /^error (\d+)( once)?$/.exec(tag) ?? [];
    return status !== undefined && (once === undefined || isFirst) ? Number(status) : undefined;
  }

  /** A stream that begins so, then says nothing more until the client leaves. */
  hold(begun: string, headers: Readonly<Record<string, string>> = {}): Response {
    let own: ReadableStreamDefaultController;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#held.add(controller);
        controller.enqueue(new TextEncoder().encode(begun));
      },
      cancel: () => {
        this.#held.delete(own);
        this.#gone.resolve();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", ...headers } });
  }

  /** Resolves when a stream that is held open is given up, or was. */
  async givenUp(): Promise<void> {
    const timer = setTimeout(() => this.#gone.reject(new Error("Not given up in time")), WAIT_MS);
    await this.#gone.promise.finally(() => clearTimeout(timer));
  }

  /** Ends what is held still: a server that is to stop waits for it. */
  close(): void {
    for (const controller of this.#held) controller.close();
  }
}
