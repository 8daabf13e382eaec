/** The providers of the soak, in its own process, so that it knows what they still have to do. */

import { createFakeApp } from "../../src/fake/app.ts";
import { type FaultProvider, startFaultProvider } from "../faults/fault_provider.ts";
import { realClock } from "../support/real_clock.ts";

const MAX_BODY_BYTES = 10_000_000;
const FORWARDED_CHUNKS = 5;

export interface SoakProviders extends AsyncDisposable {
  /** Address, with `/v1`, of one that does what tags in prompts say. */
  readonly steady: string;
  /** Of one that fails as prompts say; see the fault matrix. */
  readonly faulty: string;
  /** The same with what else tests ask of it. */
  readonly faults: FaultProvider;
  /** Answers that were begun and are neither finished nor cancelled. */
  open(): number;
}

export function startProviders(): SoakProviders {
  const counts = { open: 0, done: 0, cancelled: 0 };
  const app = createFakeApp({
    clock: realClock,
    random: Math.random,
    maxBodyBytes: MAX_BODY_BYTES,
    onAnswer: (event) => void counts[event]++,
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      if (!new URL(request.url).pathname.endsWith("/moderations")) return app.fetch(request);
      counts.open++;
      return new Response(forwardedBody((end) => void counts[end]++));
    },
  );
  const faulty = startFaultProvider();
  return {
    steady: `http://127.0.0.1:${server.addr.port}/v1`,
    faulty: faulty.baseUrl,
    faults: faulty,
    open: () => counts.open - counts.done - counts.cancelled + faulty.open(),
    [Symbol.asyncDispose]: async () => {
      await faulty[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

/** What the fake LLM does not speak: a few chunks, one at each turn of the event loop. */
function forwardedBody(onEnd: (end: "done" | "cancelled") => void): ReadableStream<Uint8Array> {
  let chunks = 0;
  return new ReadableStream({
    pull: async (controller) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (chunks++ < FORWARDED_CHUNKS) return controller.enqueue(new Uint8Array(1_000));
      controller.close();
      onEnd("done");
    },
    cancel: () => onEnd("cancelled"),
  });
}
