/** The providers of the soak, in its own process, so that it knows what they still have to do. */

import { createFakeApp } from "../../src/fake/app.ts";
import { startFaultProvider } from "../faults/fault_provider.ts";
import { realClock } from "../support/real_clock.ts";

const MAX_BODY_BYTES = 10_000_000;
const FORWARDED_CHUNKS = 5;

export interface SoakProviders extends AsyncDisposable {
  /** Address, with `/v1`, of one that does what tags in prompts say. */
  readonly steady: string;
  /** Of one that fails as prompts say; see the fault matrix. */
  readonly faulty: string;
  /** Answers that were begun and are neither finished nor cancelled. */
  open(): Promise<number>;
  /** A call whose prompt names a fault. */
  noteFault(id: string): void;
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
  const faultIds = new Set<string>();
  return {
    steady: `http://127.0.0.1:${server.addr.port}/v1`,
    faulty: faulty.baseUrl,
    open: async () => {
      const running = [...faultIds].map((id) => isOpen(faulty.ended(id)));
      const openFaults = (await Promise.all(running)).filter((each) => each).length;
      return counts.open - counts.done - counts.cancelled + openFaults;
    },
    noteFault: (id) => void faultIds.add(id),
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

/** Whether a promise is not settled yet. */
async function isOpen(pending: Promise<void>): Promise<boolean> {
  return await Promise.race([
    pending.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(resolve, 0, true)),
  ]);
}
