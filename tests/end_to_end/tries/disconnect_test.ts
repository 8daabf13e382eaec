/** A client that leaves takes its upstream request with it, at every point of the way (T01 to T03). */

import { assertEquals } from "@std/assert";
import { assertSoon } from "../../support/assert_soon.ts";
import { API_PAIRS, askIn, type ClientApi } from "../../support/client_api.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { type Provider, startProvider } from "../../support/provider.ts";

interface Leaving {
  readonly title: string;
  readonly prompt: string;
  readonly stream: boolean;
  /** Chunks of the answer to read before leaving; none where no answer is to begin. */
  readonly chunks?: number;
}

const LEAVINGS: readonly Leaving[] = [
  { title: "before the first byte of a stream", prompt: "[slow=60000]", stream: true },
  { title: "before a whole answer", prompt: "[slow=60000]", stream: false },
  { title: "in the middle of a whole answer", prompt: "[stall=1]", stream: false },
  { title: "after the role, before any content", prompt: "[stall=1]", stream: true },
  { title: "in mid-stream", prompt: "[tokens=9999] [pace=5]", stream: true, chunks: 3 },
  { title: "in a silence", prompt: "[tokens=9999] [stall=4]", stream: true, chunks: 1 },
];

for (const { api, provider: format, settings } of API_PAIRS) {
  Deno.test(`a client of ${api.name} that leaves cancels its call at a provider of ${format}`, async (test) => {
    await using provider = startProvider();
    await using weir = await startProgram({ env: settings(provider.baseUrl) });
    for (const leaving of LEAVINGS) {
      await test.step(
        leaving.title,
        () => assertSoon(() => leave(api, weir, provider, leaving)),
      );
    }
    const health = await fetch(`${weir.url}/healthz`);
    assertEquals((await health.json()).ok, true);
  });
}

/** @returns After how many milliseconds the provider saw it. */
async function leave(
  api: ClientApi,
  weir: Program,
  provider: Provider,
  { prompt, stream, chunks = 0 }: Leaving,
): Promise<number> {
  const controller = new AbortController();
  const id = crypto.randomUUID();
  const sinceMs = performance.now();
  const { signal } = controller;
  const response = askIn(api, weir, { content: prompt, stream, id, signal });
  response.catch(() => {});
  await provider.answered("open", sinceMs);
  if (chunks > 0) {
    const reader = (await response).body?.getReader();
    for (let read = 0; read < chunks; read++) await reader?.read();
  }
  const leftMs = performance.now();
  controller.abort();
  const tookMs = (await provider.answered("cancelled", sinceMs)).atMs - leftMs;
  await weir.printed(new RegExp(`"request_id":"${id}".*"outcome":"client_gone"`));
  return tookMs;
}
