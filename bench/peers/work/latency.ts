/** What a server adds to a call when there is little to do. */

import { chat } from "../apis/chat.ts";
import { runOpenLoop } from "../load/open_loop.ts";
import { PROXIES } from "../servers/registry.ts";
import type { RunningServer } from "../servers/server.ts";
import { startProvider } from "../upstream.ts";
import { added, cost, type WorkItem } from "./work_item.ts";

const CALLS_PER_SECOND = 300;
const WARM_UP_CALLS = 1_500;
const ASKED = { model: chat.model, promptBytes: 500, isStream: false };

export const latency: WorkItem = {
  name: "latency",
  title: `Chat, ${CALLS_PER_SECOND} calls/s at fixed times`,
  servers: PROXIES,
  measures: [
    added("p50", "added µs, median"),
    added("p99", "added µs, p99"),
    cost("cpu", "CPU µs a call", 1),
  ],
  async start(kinds) {
    const provider = await startProvider(chat.whole.wire);
    const running = new Map<string, RunningServer>();
    async function run(name: string, calls: number) {
      const load = { api: chat, asked: ASKED, callsPerSecond: CALLS_PER_SECOND, calls };
      const server = running.get(name)!;
      const beforeUs = await server.process?.cpuUs() ?? NaN;
      const { whole: { p50, p99 } } = await runOpenLoop(server, load);
      return { p50, p99, cpu: ((await server.process?.cpuUs() ?? NaN) - beforeUs) / calls };
    }
    for (const kind of kinds) running.set(kind.name, await kind.start(provider.port, chat));
    for (const { name } of kinds) await run(name, WARM_UP_CALLS);
    return {
      measure: (name, seconds) => run(name, CALLS_PER_SECOND * seconds),
      async stop() {
        await Promise.all([...running.values()].map(({ process }) => process?.stop()));
        await provider.process.stop();
      },
    };
  },
};
