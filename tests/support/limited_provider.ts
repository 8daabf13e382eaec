/**
 * A provider with limits of requests and tokens for each of its minutes, which it states in its headers and holds.
 *
 * @module
 */

export interface LimitedOptions {
  /** All of it is given back at the end of a minute, or some of it all the time. */
  readonly kind: "window" | "bucket";
  /** A stand-in's minute may be short. */
  readonly minuteMs: number;
  readonly requests: number;
  readonly tokens: number;
  /** Time that an answer takes. */
  readonly delayMs: number;
}

export interface LimitedProvider extends AsyncDisposable {
  /** Its API, with `/v1`. */
  readonly baseUrl: string;
  /** What it was sent, and what of it was answered 429. */
  readonly sent: number;
  readonly refused: number;
  /**
   * Of its capacity since `restart`, the share that was used: of whichever limit binds. A window counts as a whole
   * from its begin on, and a bucket was full at first.
   */
  used(): number;
  /** Counts anew from now on. */
  restart(): void;
}

/** What is left of one limit. */
class Limit {
  readonly #limit: number;
  readonly #options: LimitedOptions;
  #left: number;
  #atMs = 0;
  #endMs = 0;
  spent = 0;

  constructor(limit: number, options: LimitedOptions) {
    this.#limit = limit;
    this.#options = options;
    this.#left = limit;
  }

  look(nowMs: number): void {
    const { kind, minuteMs } = this.#options;
    if (kind === "bucket") {
      const refilled = (nowMs - this.#atMs) / minuteMs * this.#limit;
      this.#left = Math.min(this.#limit, this.#left + refilled);
    } else if (nowMs >= this.#endMs) {
      this.#left = this.#limit;
      this.#endMs = nowMs - nowMs % minuteMs + minuteMs;
    }
    this.#atMs = nowMs;
  }

  hasRoom(cost: number): boolean {
    return this.#left >= cost;
  }

  spend(cost: number): void {
    this.#left -= cost;
    this.spent += cost;
  }

  headers(name: string): Record<string, string> {
    const { kind, minuteMs } = this.#options;
    const resetMs = kind === "window"
      ? this.#endMs - this.#atMs
      : (this.#limit - this.#left) / this.#limit * minuteMs;
    return {
      [`x-ratelimit-limit-${name}`]: `${this.#limit}`,
      [`x-ratelimit-remaining-${name}`]: `${Math.floor(this.#left)}`,
      [`x-ratelimit-reset-${name}`]: `${(resetMs / 1_000).toFixed(3)}s`,
    };
  }

  /** Until there is room. */
  waitMs(cost: number): number {
    const { kind, minuteMs } = this.#options;
    if (this.hasRoom(cost)) return 0;
    return kind === "window"
      ? this.#endMs - this.#atMs
      : (cost - this.#left) / this.#limit * minuteMs;
  }
}

export function startLimitedProvider(options: LimitedOptions): LimitedProvider {
  const requests = new Limit(options.requests, options);
  const tokens = new Limit(options.tokens, options);
  let sent = 0;
  let refused = 0;
  let startedMs = performance.now();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const body = await request.json();
      // Half of what may be generated is.
      const prompt = Math.ceil(JSON.stringify(body.messages).length / 4);
      const cost = prompt + Math.ceil(body.max_tokens / 2);
      const nowMs = performance.now();
      sent += 1;
      for (const limit of [requests, tokens]) limit.look(nowMs);
      const isRefused = !requests.hasRoom(1) || !tokens.hasRoom(cost);
      const waitMs = Math.max(requests.waitMs(1), tokens.waitMs(cost));
      if (!isRefused) {
        requests.spend(1);
        tokens.spend(cost);
      }
      const headers = { ...requests.headers("requests"), ...tokens.headers("tokens") };
      if (isRefused) {
        refused += 1;
        return Response.json({ error: { message: "Rate limit reached", type: "requests" } }, {
          status: 429,
          headers: { ...headers, "retry-after-ms": waitMs.toFixed(0) },
        });
      }
      await new Promise((resolve) => setTimeout(resolve, options.delayMs));
      return Response.json(answerOf(body.model, prompt, cost), { headers });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get sent() {
      return sent;
    },
    get refused() {
      return refused;
    },
    used: () => {
      const { kind, minuteMs } = options;
      const nowMs = performance.now();
      const minutes = kind === "window"
        ? Math.floor(nowMs / minuteMs) - Math.floor(startedMs / minuteMs) + 1
        : (nowMs - startedMs) / minuteMs + 1;
      return Math.max(
        requests.spent / options.requests,
        tokens.spent / options.tokens,
      ) / minutes;
    },
    restart: () => {
      startedMs = performance.now();
      sent =
        refused =
        requests.spent =
        tokens.spent =
          0;
    },
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

function answerOf(model: string, prompt: number, cost: number): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: prompt, completion_tokens: cost - prompt, total_tokens: cost },
  };
}
