/** What comes with calls: connections, and what is sent and answered. */

import type { ProgramOptions } from "../../../tests/support/program.ts";
import { ask, CALLS, callsFor, chat, type Dimension, startWeir } from "../dimension.ts";

const connections: Dimension = {
  name: "JSON call, connections open at once",
  unit: "connections",
  sizes: [1, 10, 100, 1_000],
  expected: "flat",
  why:
    "Up to a hundred it falls, because requests that are there together share the wake-ups of the event loop. At a thousand it rises: what so many calls hold outlives the young part of the heap (16 MB), whose collections then copy it each time.",
  start: async (size, { provider }, stack) => {
    const weir = await startWeir(
      { env: { OPENAI_BASE_URL: provider.baseUrl("json", 300) } },
      stack,
    );
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    return { size, weir, calls: 2 * CALLS, atOnce: size, call: () => ask(url, request) };
  },
};

const BYTES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

const requestBody: Dimension = {
  name: "JSON call, body of the request",
  unit: "bytes",
  sizes: BYTES,
  expected: "linear",
  why:
    "A fixed part, then a share for each byte: it is read, measured, parsed and sent on as it came.",
  start: async (size, { provider }, stack) => {
    const weir = await startWeir(
      { env: { OPENAI_BASE_URL: provider.baseUrl("json", 300) } },
      stack,
    );
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m", "word ".repeat(size / 5));
    return { size, weir, calls: callsFor(size, 20e6), atOnce: 2, call: () => ask(url, request) };
  },
};

const answerBody: Dimension = {
  name: "JSON call, body of the answer",
  unit: "bytes",
  sizes: BYTES,
  expected: "linear",
  why:
    "A fixed part, then a share for each byte: it is read, looked into for a fault, and handed on as it came. From 1 KiB to 256 KiB it is compressed as well, for this client asks for that, which is most of the cost there.",
  start: async (size, { provider }, stack) => {
    const weir = await startWeir(
      { env: { OPENAI_BASE_URL: provider.baseUrl("json", size) } },
      stack,
    );
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    return { size, weir, calls: callsFor(size, 20e6), atOnce: 2, call: () => ask(url, request) };
  },
};

/** @param env What makes Weir do with them what the name says. */
function streams(name: string, env: ProgramOptions["env"]): Dimension {
  return {
    name,
    unit: "chunks",
    sizes: [10, 100, 1_000, 10_000, 100_000],
    expected: "linear",
    why: "A fixed part, then a share for each chunk.",
    start: async (size, { provider }, stack) => {
      const base = { OPENAI_BASE_URL: provider.baseUrl("chunks", size) };
      const weir = await startWeir({ env: { ...base, ...env } }, stack);
      const url = `${weir.url}/v1/chat/completions`;
      const request = chat("m", "hello", true);
      const call = () => ask(url, request, "data: [DONE]");
      return { size, weir, calls: callsFor(size, 200_000), atOnce: 2, call };
    },
  };
}

export const TRAFFIC: readonly Dimension[] = [
  connections,
  requestBody,
  answerBody,
  streams("stream handed on as it came, chunks of 250 bytes", {}),
  streams("stream written anew, chunks of 250 bytes", { REPAIR: "on" }),
];
