/** Clients that ask a gateway again and again. */

import type { Program } from "../support/program.ts";

/** What became of the requests to one gateway since the last look. */
export interface Count {
  readonly allowed: number;
  readonly refused: number;
  /** Statuses other than 200 and 429, and failures. */
  readonly others: readonly string[];
  readonly longestMs: number;
}

/** Asks until it is stopped. */
export class Load {
  readonly #program: Program;
  readonly #clients: readonly Promise<void>[];
  #isOver = false;
  #allowed = 0;
  #refused = 0;
  #others: string[] = [];
  #longestMs = 0;
  #wake = (): void => {};

  constructor(program: Program, clients: number) {
    this.#program = program;
    this.#clients = Array.from({ length: clients }, () => this.#run());
  }

  /** Resolves once so many more requests were refused: what there is has been taken. */
  async refuses(count: number): Promise<void> {
    const enough = this.#refused + count;
    while (this.#refused < enough) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  count(): Count {
    const count = {
      allowed: this.#allowed,
      refused: this.#refused,
      others: this.#others,
      longestMs: this.#longestMs,
    };
    this.#allowed = this.#refused = this.#longestMs = 0;
    this.#others = [];
    return count;
  }

  async stop(): Promise<Count> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return this.count();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const startMs = performance.now();
      const status = await ask(this.#program);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - startMs);
      if (status === "200") this.#allowed++;
      else if (status === "429") this.#refused++;
      else this.#others.push(status);
      this.#wake();
    }
  }
}

/** The status of one request that is limited, or what went wrong. */
export async function ask({ url }: Program): Promise<string> {
  try {
    const { status, body } = await fetch(`${url}/v1/models`);
    await body?.cancel();
    return String(status);
  } catch (thrown) {
    return String(thrown);
  }
}
