/** A recording that all providers are answered from. */

import { canonicalBody } from "../../../src/cassettes/canonical_body.ts";
import { CASSETTE_VERSION, writeExchange, writeTitle } from "../../../src/cassettes/exchange.ts";
import { workingDirectory } from "../../../tests/support/working_directory.ts";
import { ask, AT_ONCE, CALLS, chat, type Dimension, startWeir } from "../dimension.ts";

const AT = "2026-01-01T00:00:00.000Z";
const ANSWER = JSON.stringify({
  id: "chatcmpl-growth",
  object: "chat.completion",
  created: 1_790_000_000,
  model: "growth-model",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "x".repeat(300) },
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const played: Dimension = {
  name: "JSON call, entries of the cassette that answers",
  unit: "entries",
  sizes: [1, 10, 100, 1_000, 10_000, 100_000],
  expected: "flat",
  why:
    "A look for the address among those of the recording, then one by the hash of the body. The recording is read whole, and takes 2.7 KB of memory an entry.",
  start: async (size, { provider }, stack) => {
    const baseUrl = provider.baseUrl("json", 300);
    const directory = stack.use(
      await workingDirectory({ "calls.jsonl": recording(size, baseUrl) }),
    );
    const env = { OPENAI_BASE_URL: baseUrl, REPLAY: `${directory.path}/calls.jsonl` };
    const weir = await startWeir({ env }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const call = (index: number) => ask(url, requestOf(index * 7_919 % size));
    return { size, weir, calls: CALLS, atOnce: AT_ONCE, call };
  },
};

function requestOf(index: number): RequestInit {
  return chat("m", `hello ${index}`);
}

/** Of calls to one address, each with another body. */
function recording(count: number, baseUrl: string): string {
  const lines = [writeTitle({ cassette: CASSETTE_VERSION, by: "growth", at: AT })];
  for (let index = 0; index < count; index++) {
    const body = new TextEncoder().encode(String(requestOf(index).body));
    lines.push(writeExchange({
      request: {
        at: AT,
        method: "POST",
        url: `${baseUrl}/chat/completions`,
        headers: [["content-type", "application/json"]],
        ...canonicalBody(body, (text) => text),
      },
      head: { ms: 1, status: 200, headers: [["content-type", "application/json"]] },
      chunks: [{ ms: 1, text: ANSWER }],
      end: { how: "complete", ms: 1 },
    }));
  }
  return lines.join("");
}

export const CASSETTES: readonly Dimension[] = [played];
