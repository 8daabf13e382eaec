/** Clients that leave at random places, and how long their upstreams go on without knowing. */

import type { Random } from "../../src/core/clock.ts";
import { seededRandom } from "../framing/cuts.ts";
import { requestBytes } from "../support/leaving_client.ts";
import { startProgram } from "../support/program.ts";
import { type Provider, startProvider } from "../support/provider.ts";
import { openSocket } from "../support/socket_client.ts";
import { below } from "../transport/mutated_responses.ts";

const MAX_STAY_MS = 30;

const SURFACES = [
  { name: "json", path: "/v1/chat/completions", stream: false },
  { name: "sse", path: "/v1/chat/completions", stream: true },
  { name: "inference", path: "/api/v1/inference", stream: false },
  { name: "inference_stream", path: "/api/v1/inference/stream", stream: true },
  { name: "websocket", path: "/ws", stream: true },
] as const;

type SurfaceCase = typeof SURFACES[number];
const DIRECT = SURFACES[1];

/** Answers that never begin or fall silent, and such as go on for ever. */
const SILENCES = ["[slow=60000]", "[stall=0]", "[stall=1]", "[tokens=900] [stall=40]"];
const STREAMS = ["[tokens=9999] [pace=2]", "[tokens=999999]"];

const NO_LIMITS = {
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
  COOLDOWN: "off",
};

/** One in so many leaves the upstream itself, which tells what the machine alone takes. */
const DIRECT_EVERY = 10;

/** Milliseconds from leaving until the upstream saw its connection closed, one for each client, sorted. */
export interface Cancels {
  readonly latenciesMs: readonly number[];
  /** Of clients without a gateway, meanwhile. */
  readonly directMs: readonly number[];
  /** How many left which surface. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Rejects where an upstream never learns of it.
 *
 * @param lanes Clients at the same time, each with a provider of its own, so that what is cancelled is its.
 */
export async function measureCancels(
  count: number,
  lanes: number,
  seed: number,
): Promise<Cancels> {
  const random = seededRandom(seed);
  await using stack = new AsyncDisposableStack();
  const providers = Array.from({ length: lanes }, () => stack.use(startProvider()));
  const addresses = providers.map((
    { baseUrl },
    lane,
  ) => [`UPSTREAM_LANE${lane}_BASE_URL`, baseUrl]);
  const aliases = providers.map((_, lane) => `lane${lane}=lane${lane}/m`);
  const weir = stack.use(
    await startProgram({
      env: { ...NO_LIMITS, ...Object.fromEntries(addresses), MODEL_ALIASES: aliases.join() },
    }),
  );
  const latenciesMs: number[] = [];
  const directMs: number[] = [];
  const counts: Record<string, number> = {};
  let begun = 0;
  await Promise.all(providers.map(async (provider, lane) => {
    while (begun < count) {
      const surface = SURFACES[begun++ % SURFACES.length] ?? SURFACES[0];
      counts[surface.name] = (counts[surface.name] ?? 0) + 1;
      const model = `lane${lane}`;
      latenciesMs.push(await leaveOnce(weir, provider, model, surface, random));
      if (begun % DIRECT_EVERY !== 0) continue;
      const direct = { url: new URL(provider.baseUrl).origin };
      directMs.push(await leaveOnce(direct, provider, model, DIRECT, random));
    }
  }));
  const sorted = (values: number[]): number[] => values.sort((left, right) => left - right);
  return { latenciesMs: sorted(latenciesMs), directMs: sorted(directMs), counts };
}

/** The value that so many of them do not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** The gateway, or an upstream itself. */
type Server = { readonly url: string };

/** A call that is being answered. */
interface Asked extends AsyncDisposable {
  readonly leave: () => void;
}

async function leaveOnce(
  server: Server,
  provider: Provider,
  model: string,
  surface: SurfaceCase,
  random: Random,
): Promise<number> {
  const prompts = surface.stream && random() < 0.6 ? STREAMS : SILENCES;
  const content = prompts[below(prompts.length, random)] ?? "";
  // Of a silence there may be nothing to read.
  const chunks = prompts === STREAMS ? below(8, random) : 0;
  const stayMs = below(MAX_STAY_MS, random);
  const sinceMs = performance.now();
  const messages = [{ role: "user", content }];
  await using asked = surface.name === "websocket"
    ? await askOnSocket(server, model, content, chunks, random)
    : await askByHttp(server, surface, { model, stream: surface.stream, messages }, chunks);
  await provider.answered("open", sinceMs);
  await new Promise((resolve) => setTimeout(resolve, stayMs));
  const leftMs = performance.now();
  asked.leave();
  return (await provider.answered("cancelled", sinceMs)).atMs - leftMs;
}

/** Resolves once as much as that has been read. */
async function askByHttp(
  { url }: Server,
  { path }: SurfaceCase,
  body: object,
  chunks: number,
): Promise<Asked> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const request = requestBytes(path, body);
  for (let sent = 0; sent < request.length;) {
    sent += await connection.write(request.subarray(sent));
  }
  const buffer = new Uint8Array(16_384);
  for (let read = 0; read < chunks; read++) await connection.read(buffer);
  return { leave: () => connection.close(), [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function askOnSocket(
  { url }: Server,
  model: string,
  content: string,
  chunks: number,
  random: Random,
): Promise<Asked> {
  const client = await openSocket(url);
  client.ask("it", content, { model });
  if (chunks > 0) {
    await client.received(({ id }) => id === "it" && client.messages.length >= chunks);
  }
  const ways = [
    () => client.send({ type: "cancel", id: "it" }),
    () => client.socket.close(),
    () => client.socket.terminate(),
  ];
  const way = ways[below(ways.length, random)] ?? ways[0];
  return { leave: () => way?.(), [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}
