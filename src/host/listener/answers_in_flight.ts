/** Counts the answers that are not sent to their last byte yet: more than the calls being made of them. */

export class AnswersInFlight {
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  /** Counts one until `completed` settles, however it does. */
  add(completed: Promise<void>): void {
    this.#count++;
    const done = (): void => {
      this.#count--;
      if (this.#count === 0) { for (const resolve of this.#waiting.splice(0)) resolve(); }
    };
    completed.then(done, done);
  }

  /** Resolves when there is none. */
  async whenNone(): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
