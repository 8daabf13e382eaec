/** The app that answers, and those before it that still have answers to send. */

import type { App } from "../../app/app.ts";

interface Generation {
  readonly app: App;
  readonly answers: AnswersInFlight;
}

/**
 * A request is answered by the app that was current when it came. An app that was replaced is closed once
 * its last answer has left.
 */
export class Generations {
  #current: Generation;
  readonly #replaced = new Set<Generation>();

  constructor(app: App) {
    this.#current = { app, answers: new AnswersInFlight() };
  }

  answer(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Response | Promise<Response> {
    const { app, answers } = this.#current;
    const response = app.fetch(request, () => info.remoteAddr.hostname);
    // What is answered at once is whole: a health check, which needs nothing of its app any more.
    if (response instanceof Promise) answers.add(whenSent(response, info.completed));
    return response;
  }

  /** Every request from now on is the new app's. */
  replace(app: App): void {
    const old = this.#current;
    this.#current = { app, answers: new AnswersInFlight() };
    this.#replaced.add(old);
    whenIdle(old).then(() => {
      this.#replaced.delete(old);
      old.app.close();
    });
  }

  /** Resolves when no answer is being sent, and none runs in the background. */
  async whenNone(): Promise<void> {
    await Promise.all([...this.#replaced, this.#current].map(whenIdle));
  }

  close(): void {
    for (const { app } of [...this.#replaced, this.#current]) app.close();
  }
}

async function whenIdle({ app, answers }: Generation): Promise<void> {
  await answers.whenNone();
  await app.whenIdle();
}

/** The answer to an upgrade is a connection, which counts its own requests; Deno 2.4 never completes it. */
async function whenSent(
  response: Promise<Response>,
  completed: Promise<void>,
): Promise<void> {
  if ((await response).status !== 101) await completed;
}

/** Counts the answers that are not sent to their last byte yet: more than the calls being made of them. */
class AnswersInFlight {
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
