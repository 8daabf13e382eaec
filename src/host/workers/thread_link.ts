/**
 * Questions and answers between two threads.
 *
 * @module
 */

/** Questions by name: what each is asked with, and what it is answered with. Both must be cloneable. */
export type Questions = Readonly<Record<string, (asked: never) => unknown>>;

/** Answers to all of them, at once or later. */
export type Answers<Asked extends Questions> = {
  readonly [Name in keyof Asked]: (
    ...asked: Parameters<Asked[Name]>
  ) => ReturnType<Asked[Name]> | Promise<ReturnType<Asked[Name]>>;
};

/** The end of a channel to another thread. */
export interface ThreadPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

type Message =
  | { readonly id: number; readonly name: string; readonly asked: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error as it crosses: of its own classes, a clone would keep no name. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (failure: Error) => void;
}

/** One end; `Asked` are the questions of this end, `Answered` those of the other. */
export class ThreadLink<Asked extends Questions, Answered extends Questions> {
  readonly #port: ThreadPort;
  readonly #answers: Answers<Answered>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why there is nobody at the other end any more. */
  #failure: Error | undefined;

  constructor(port: ThreadPort, answers: Answers<Answered>) {
    this.#port = port;
    this.#answers = answers;
    // Whatever arrives was sent by the other end of the same program.
    port.on("message", (message) => this.#receive(message as Message));
  }

  /** Rejects with what the other end threw, by its name and message, or with why it is gone. */
  ask<Name extends keyof Asked & string>(
    name: Name,
    ...[asked]: Parameters<Asked[Name]>
  ): Promise<ReturnType<Asked[Name]>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (answer) => resolve(answer as ReturnType<Asked[Name]>),
        reject,
      });
      this.#port.postMessage({ id, name, asked } satisfies Message);
    });
  }

  /** Fails all questions that wait, and those to come. */
  close(failure: Error): void {
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }

  #receive(message: Message): void {
    if ("name" in message) {
      this.#answer(message.id, message.name, message.asked);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("failure" in message) waiting?.reject(Object.assign(new Error(), message.failure));
    else waiting?.resolve(message.answer);
  }

  async #answer(id: number, name: string, asked: unknown): Promise<void> {
    const ask = this.#answers[name] as ((asked: unknown) => unknown) | undefined;
    try {
      const answer = await ask?.(asked);
      this.#port.postMessage({ id, answer } satisfies Message);
    } catch (thrown) {
      const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#port.postMessage({ id, failure: { name, message, stack } } satisfies Message);
    }
  }
}
