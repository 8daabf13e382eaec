/** The app that answers, and the answers that are still being made or sent. */

import type { App } from "../../app/app.ts";
import type { HttpAnswer } from "../../core/http.ts";
import { RuntimeRequest, toResponse } from "../listener/runtime_adapter.ts";

/**
 * A request is answered by the app that was current when it came. An app that was replaced is closed at
 * once: its idle connections are closed, and those of its calls when these are over.
 */
export class Generations {
  #app: App;
  readonly #answers = new AnswersInFlight();

  constructor(app: App) {
    this.#app = app;
  }

  answer(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Response | Promise<Response> {
    const answer = this.#app.answer(new RuntimeRequest(request, info.remoteAddr.hostname));
    // What is answered at once is whole: a health check, which needs nothing of its app any more.
    if (!(answer instanceof Promise)) return toResponse(answer);
    this.#answers.add(whenSent(answer, info.completed));
    return answer.then(toResponse);
  }

  /** Every request from now on is the new app's. */
  replace(app: App): void {
    this.#app.close();
    this.#app = app;
  }

  /** Resolves when no answer is being sent. */
  async whenNone(): Promise<void> {
    await this.#answers.whenNone();
  }

  close(): void {
    this.#app.close();
  }
}

/** The answer to an upgrade is a connection, which counts its own requests; Deno 2.4 never completes it. */
async function whenSent(answer: Promise<HttpAnswer>, completed: Promise<void>): Promise<void> {
  if ((await answer).status !== 101) await completed;
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
