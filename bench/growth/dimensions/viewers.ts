/** People who look at the page Now of the console, to whom each call is told. */

import { ask, CALLS, chat, type Dimension, startWeir } from "../dimension.ts";
import type { Program } from "../../../tests/support/program.ts";

/** As the page asks for them. */
const TYPES = "call.started,call.attempt,call.first_token,call.ended";

const viewers: Dimension = {
  name: "JSON call, live feeds of the console",
  unit: "feeds",
  // More may not be open.
  sizes: [1, 10, 32],
  expected: "below linear",
  why:
    "The four events of a call are written as text once, and put behind what waits for each feed, which leaves ten times a second: 3 µs a feed.",
  start: async (size, { provider }, stack) => {
    const weir = await startWeir(
      { env: { OPENAI_BASE_URL: provider.baseUrl("json", 300) } },
      stack,
    );
    const left = new AbortController();
    stack.defer(() => left.abort());
    await Promise.all(Array.from({ length: size }, () => openFeed(weir, left.signal)));
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    // Few at once: feeds that cannot keep up are told less, and cost less.
    return { size, weir, calls: CALLS, atOnce: 2, call: () => ask(url, request) };
  },
};

/** Reads on and on, and throws where not all was told. */
async function openFeed({ url }: Program, signal: AbortSignal): Promise<void> {
  const { status, body } = await fetch(`${url}/admin/v1/events?types=${TYPES}`, { signal });
  if (status !== 200 || body === null) throw new Error(`A feed was answered ${status}`);
  const read = async (): Promise<void> => {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      if (text.includes("viewer.behind")) throw new Error("A feed was told too little");
    }
  };
  read().catch((thrown) => {
    if (!signal.aborted) throw thrown;
  });
}

export const VIEWERS: readonly Dimension[] = [viewers];
