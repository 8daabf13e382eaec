/**
 * A listener that is opened again when it fails.
 *
 * Where a process has as many files open as it may, the runtime gives its listener up for good: without
 * this, a flood of connections would leave a gateway that runs and answers nobody.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../observability/log/log.ts";
import { listen } from "./listen.ts";

/** Connections end at any time, and those that are open are served meanwhile. */
const PAUSE_MS = 200;

/** What is needed of `Deno.HttpServer`. */
export type Listener = Pick<Deno.HttpServer<Deno.NetAddr>, "addr" | "finished" | "shutdown">;

/** `Deno.serve`, which throws where the address cannot be listened on. */
export type Listen = (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) => Listener;

export class LastingListener {
  readonly #handler: Deno.ServeHandler<Deno.NetAddr>;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #listen: Listen;
  readonly #options: Deno.ServeTcpOptions;
  #listener: Listener;
  #isStopping = false;

  /** Throws `ListenError`. */
  constructor(
    options: Deno.ServeTcpOptions,
    handler: Deno.ServeHandler<Deno.NetAddr>,
    log: Log,
    clock: Clock,
    listenOn: Listen = listen,
  ) {
    this.#handler = handler;
    this.#log = log;
    this.#clock = clock;
    this.#listen = listenOn;
    this.#listener = listenOn(options, handler);
    // The same port, where any free one was asked for; and it is announced but once.
    this.#options = { ...options, port: this.#listener.addr.port, onListen: () => {} };
    this.#watch();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async shutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#listener.shutdown();
  }

  #watch(): void {
    this.#listener.finished.catch((thrown) => {
      if (this.#isStopping) return;
      this.#log.error("listener failed", { cause: String(thrown).slice(0, 200) });
      this.#reopenSoon();
    });
  }

  #reopenSoon(): void {
    this.#clock.schedule(PAUSE_MS, () => {
      if (this.#isStopping) return;
      try {
        this.#listener = this.#listen(this.#options, this.#handler);
      } catch {
        // There is still no file to be had for it.
        this.#reopenSoon();
        return;
      }
      this.#log.warn("listening again", { port: this.#listener.addr.port });
      this.#watch();
    });
  }
}
