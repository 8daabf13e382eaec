/** A client that leaves takes its upstream request with it, at every point of the way (T01 to T03). */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";

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

for (const { title, prompt, stream, chunks = 0 } of LEAVINGS) {
  Deno.test(`a client that leaves ${title} cancels the upstream within 250 ms`, async () => {
    await using provider = startProvider();
    await using weir = await startProgram({
      env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
    });
    const controller = new AbortController();
    const response = fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: prompt }] }),
      signal: controller.signal,
    });
    response.catch(() => {});
    await provider.answered("open");
    if (chunks > 0) {
      const reader = (await response).body?.getReader();
      for (let read = 0; read < chunks; read++) await reader?.read();
    }
    const leftMs = performance.now();
    controller.abort();
    const tookMs = (await provider.answered("cancelled")).atMs - leftMs;
    assert(tookMs < 250, `The upstream saw the close after ${tookMs} ms`);
    await weir.printed(/"outcome":"client_gone"/);
    const health = await fetch(`${weir.url}/healthz`);
    assertEquals(await health.json(), { ok: true, upstreams: ["openai"] });
  });
}
