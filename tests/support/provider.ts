/**
 * A provider for the gateway to face: the fake LLM on a real socket in the test's own process, with
 * an ear for what arrives and for when an answer is given up.
 *
 * @module
 */

import { createFakeApp } from "../../src/fake/app.ts";
import type { AnswerEvent } from "../../src/fake/options.ts";
import { realClock } from "./real_clock.ts";

/** Of an API that nobody serves: no system gives this port to whoever asks for a free one. */
export const NOBODY_URL = "http://127.0.0.1:9/v1";

const WAIT_MS = 60_000;

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  /** The body as text. */
  readonly body: string;
}

/** How an answer went, and when by `performance.now()`. */
export interface Answered {
  readonly event: AnswerEvent;
  readonly atMs: number;
}

/** A running provider; `await using` ends it with the test. */
export interface Provider extends AsyncDisposable {
  /** Its API, with `/v1`. */
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /**
   * Resolves when an answer goes one of these ways, from now on or
   * earlier, but not before `sinceMs`; with a `count`, when that many have.
   */
  answered(
    events: AnswerEvent | readonly AnswerEvent[],
    sinceMs?: number,
    count?: number,
  ): Promise<Answered>;
  stop(): Promise<void>;
}

/**
 * @param port 0 picks a free one.
 * @param rewrite Changes a body before it is answered, such as a tag that is meant for another provider.
 */
export function startProvider(
  port = 0,
  rewrite: (body: string) => string = (body) => body,
): Provider {
  const requests: ReceivedRequest[] = [];
  const seen: Answered[] = [];
  const waiting = new Set<() => void>();
  const app = createFakeApp({
    clock: realClock,
    random: Math.random,
    maxBodyBytes: 100_000_000,
    onAnswer: (event) => {
      seen.push({ event, atMs: performance.now() });
      for (const wake of waiting) wake();
    },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    async (request) => {
      const text = await request.clone().text();
      const body = rewrite(text);
      const { pathname } = new URL(request.url);
      requests.push({ method: request.method, path: pathname, headers: request.headers, body });
      return await app.fetch(body === text ? request : new Request(request, { body }));
    },
  );
  const answered: Provider["answered"] = (events, sinceMs = 0, count = 1) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No "${events}" in time`)), WAIT_MS);
      const look = (): void => {
        const found = seen.filter(({ event, atMs }) =>
          atMs >= sinceMs && (typeof events === "string" ? [events] : events).includes(event)
        )[count - 1];
        if (found === undefined) {
          return;
        }
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const stop = async (): Promise<void> => await server.shutdown();
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    requests,
    answered,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
