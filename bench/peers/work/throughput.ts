/** Work as fast as a server can: 50 connections of wrk. */

import type { Api } from "../apis/api.ts";
import { type Answered, runWrk, type WrkCalls } from "../load/wrk.ts";
import type { Header, RunningServer, ServerKind } from "../servers/server.ts";
import { startProvider } from "../upstream.ts";
import { cost, type Figures, gain, plain, type WorkItem } from "./work_item.ts";

/** A server is warm after one of these; on a busy machine seconds alone say nothing. */
const WARM_UP_CALLS = 30_000;
const WARM_UP_CPU_US = 3_000_000;
const WARM_UP_SECONDS = 1;
const MEBIBYTE = 1024 ** 2;

export interface Throughput {
  readonly name: string;
  readonly title: string;
  readonly servers: readonly ServerKind[];
  /** What the provider behind them speaks. */
  readonly provider: Api;
  /** What it answers, as it goes onto the wire. */
  readonly answer: string;
  readonly path: string;
  /** Beyond those that a server asks for. */
  readonly headers?: readonly Header[];
  /** Posted; got where left out. */
  readonly body?: string;
  /** In place of wrk. */
  readonly load?: (calls: WrkCalls, seconds: number) => Promise<Answered>;
  readonly note?: string;
  /** Throws when the text of an answer is not what it should be. */
  check(text: string): void;
}

export function throughputWork(work: Throughput): WorkItem {
  const { name, title, servers, note } = work;
  return {
    name,
    title,
    servers,
    ...(note === undefined ? {} : { note }),
    measures: [
      gain("rate", "calls/s"),
      cost("cpu", "CPU µs a call", 1),
      plain("busy", "core busy", 2),
      plain("memory", "MiB after"),
    ],
    async start(kinds) {
      const provider = await startProvider(work.answer);
      const running = new Map<string, RunningServer>();
      async function stop(): Promise<void> {
        await Promise.all([...running.values()].map(({ process }) => process?.stop()));
        await provider.process.stop();
      }
      try {
        for (const kind of kinds) {
          await checkRequest(work, kind);
          const server = await kind.start(provider.port, work.provider);
          running.set(kind.name, server);
          await checkAnswer(work, server);
          await warmUp(work, server);
        }
      } catch (error) {
        await stop();
        throw error;
      }
      return {
        measure: (name, seconds) => measure(work, running.get(name)!, seconds),
        stop,
      };
    },
  };
}

async function warmUp(work: Throughput, server: RunningServer): Promise<void> {
  const { process } = server;
  if (process === undefined) return;
  let calls = 0;
  while (calls < WARM_UP_CALLS && await process.cpuUs() < WARM_UP_CPU_US) {
    calls += (await runWrk(callsOf(work, server), WARM_UP_SECONDS)).calls;
  }
}

async function measure(work: Throughput, server: RunningServer, seconds: number): Promise<Figures> {
  const beforeUs = await server.process?.cpuUs() ?? NaN;
  const answered = await (work.load ?? runWrk)(callsOf(work, server), seconds);
  if (answered.calls === 0) throw new Error(`${server.name} answered nothing in ${seconds} s`);
  const us = (await server.process?.cpuUs() ?? NaN) - beforeUs;
  const memory = (await server.process?.residentBytes() ?? NaN) / MEBIBYTE;
  // A line for each call fills a disk within hours.
  if (server.logPath !== undefined) await Deno.truncate(server.logPath);
  return {
    rate: answered.calls / answered.seconds,
    cpu: us / answered.calls,
    busy: us / 1e6 / answered.seconds,
    memory,
  };
}

/** Throws where the provider would not understand what a server sends it. */
async function checkRequest(work: Throughput, kind: ServerKind): Promise<void> {
  if (work.body === undefined) return;
  const got: string[][] = [];
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      if (request.method === "POST") got.push([pathname + search, await request.text()]);
      return new Response(null, { status: 400 });
    },
  );
  const server = await kind.start(listener.addr.port, work.provider);
  try {
    await (await call(work, server)).body?.cancel();
    const [path = "", body = ""] = got[0] ?? [];
    work.provider.checkRequest(path, body);
  } catch (error) {
    throw new Error(`${kind.name} sends something else`, { cause: error });
  } finally {
    await server.process?.stop();
    await listener.shutdown();
  }
}

async function checkAnswer(work: Throughput, server: RunningServer): Promise<void> {
  const response = await call(work, server);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${server.name}: ${response.status} ${text}`);
  try {
    work.check(text);
  } catch (error) {
    throw new Error(`${server.name} answered:\n${text.slice(0, 2_000)}`, { cause: error });
  }
}

function call(work: Throughput, server: RunningServer): Promise<Response> {
  const { url, headers, body } = callsOf(work, server);
  return fetch(url, {
    headers: [["content-type", "application/json"], ...headers.map(([...pair]) => pair)],
    ...(body === undefined ? {} : { method: "POST", body }),
  });
}

function callsOf({ path, headers = [], body }: Throughput, server: RunningServer): WrkCalls {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const shared = { url, headers: [...server.headers, ...headers] };
  return body === undefined ? shared : { ...shared, body };
}
