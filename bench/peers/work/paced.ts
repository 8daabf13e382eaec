/** Many streams at once, each at the pace of a model: an event each 20 ms. */

import type { PacedApi } from "../apis/api.ts";
import { chat } from "../apis/chat.ts";
import { text } from "../apis/text.ts";
import { runOpenLoop } from "../load/open_loop.ts";
import type { PinnedProcess } from "../pinned_process.ts";
import { PROXIES, TEXT_PROXIES } from "../servers/registry.ts";
import type { RunningServer } from "../servers/server.ts";
import { startProvider } from "../upstream.ts";
import { added, cost, type Figures, type WorkItem } from "./work_item.ts";

const INTERVAL_MS = 20;
/** All streams of a round begin within this time. */
const OPENING_SECONDS = 2;
const STREAMING_SECONDS = 5;
const EVENTS = STREAMING_SECONDS * 1_000 / INTERVAL_MS;
const WARM_UP_STREAMS = 20;
const LOOK_EVERY_MS = 500;
const KIBIBYTE = 1024;
const ASKED = { model: chat.model, promptBytes: 500, isStream: true };

type PacedWork = Pick<WorkItem, "name" | "title" | "servers"> & {
  readonly streams: number;
  /** Of the provider; clients speak the one for chats. */
  readonly api: PacedApi;
};

function pacedWork({ streams, api, ...work }: PacedWork): WorkItem {
  return {
    ...work,
    note:
      "A server that cannot keep pace merges events, which makes each cheaper; the time that it adds to later events tells.",
    measures: [
      cost("cpu", "CPU µs an event", 1),
      added("first50", "first event: added µs, median"),
      added("first99", "p99"),
      added("event50", "later events: added µs, median"),
      added("event99", "p99"),
      cost("memory", "KiB a stream"),
    ],
    async start(kinds) {
      const pace = { pieces: EVENTS, intervalMs: INTERVAL_MS };
      const provider = await startProvider(api.paced, pace);
      return {
        // A new process each time: only that one says what memory its streams need.
        async measure(name) {
          const server = await kinds.find((kind) => kind.name === name)!.start(provider.port, api);
          try {
            await run(server, WARM_UP_STREAMS);
            return await run(server, streams);
          } finally {
            await server.process?.stop();
          }
        },
        stop: () => provider.process.stop(),
      };
    },
  };
}

async function run(server: RunningServer, streams: number): Promise<Figures> {
  const { process } = server;
  const beforeUs = await process?.cpuUs() ?? NaN;
  const beforeBytes = await process?.residentBytes() ?? NaN;
  const most = watchMemory(process);
  const times = await runOpenLoop(server, {
    callsPerSecond: streams / OPENING_SECONDS,
    calls: streams,
    api: chat,
    asked: ASKED,
  });
  const { chunk, firstContent } = times;
  if (chunk.count !== streams * EVENTS) {
    throw new Error(`${server.name}: ${chunk.count} of ${streams * EVENTS} events came through`);
  }
  return {
    cpu: ((await process?.cpuUs() ?? NaN) - beforeUs) / chunk.count,
    first50: firstContent.p50,
    first99: firstContent.p99,
    event50: chunk.p50,
    event99: chunk.p99,
    memory: (await most() - beforeBytes) / KIBIBYTE / streams,
  };
}

/** Looks at the memory until the returned function is called, which tells the most that was seen. */
function watchMemory(process: PinnedProcess | undefined): () => Promise<number> {
  let bytes = 0;
  let looking = Promise.resolve();
  async function look(): Promise<void> {
    bytes = Math.max(bytes, await process?.residentBytes() ?? NaN);
  }
  const timer = setInterval(() => looking = look(), LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    return bytes;
  };
}

export const paced1000 = pacedWork({
  name: "paced1000",
  title: `1,000 streams at once, an event each ${INTERVAL_MS} ms`,
  servers: PROXIES,
  streams: 1_000,
  api: chat,
});

export const paced200 = pacedWork({
  name: "paced200",
  title: `200 streams at once, an event each ${INTERVAL_MS} ms`,
  servers: PROXIES,
  streams: 200,
  api: chat,
});

export const pacedText = pacedWork({
  name: "pacedtext",
  title: `200 streams at once, a piece of text each ${INTERVAL_MS} ms, which Weir makes events of`,
  servers: TEXT_PROXIES,
  streams: 200,
  api: text,
});
